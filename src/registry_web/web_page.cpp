#include "registry_web/web_page.hpp"

#include "registry_web/assets.hpp"

namespace gantry::registry_web {

namespace {

struct Asset {
  std::string_view path;
  std::string_view type;
  std::string_view text;
};

/// Scripts and styles of its own alone, talking to this server alone, in no frame of anybody else's.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

}  // namespace

std::optional<serve::Response> web_page(std::string_view path) {
  const Asset assets[] = {{"/", "text/html; charset=utf-8", kPageHtml},
                          {"/web/page.css", "text/css; charset=utf-8", kPageCss},
                          {"/web/page.js", "text/javascript; charset=utf-8", kPageJs}};
  for (const auto& asset : assets) {
    if (asset.path != path) continue;
    serve::Response response{.status = 200, .fields = {}, .body = std::string(asset.text)};
    response.add("Content-Type", asset.type)
        .add("Content-Security-Policy", kPolicy)
        .add("X-Content-Type-Options", "nosniff")
        .add("Referrer-Policy", "no-referrer")
        .add("Cache-Control", "no-cache");
    return response;
  }
  return std::nullopt;
}

}  // namespace gantry::registry_web
