#include "serve/status.hpp"

#include <ctime>

namespace gantry::serve {

std::string_view status_line(int status) {
  struct Line {
    int status;
    std::string_view text;
  };
  constexpr Line kLines[] = {{200, "200 OK"},
                             {201, "201 Created"},
                             {202, "202 Accepted"},
                             {204, "204 No Content"},
                             {206, "206 Partial Content"},
                             {304, "304 Not Modified"},
                             {307, "307 Temporary Redirect"},
                             {400, "400 Bad Request"},
                             {401, "401 Unauthorized"},
                             {403, "403 Forbidden"},
                             {404, "404 Not Found"},
                             {405, "405 Method Not Allowed"},
                             {408, "408 Request Timeout"},
                             {409, "409 Conflict"},
                             {413, "413 Content Too Large"},
                             {416, "416 Range Not Satisfiable"},
                             {429, "429 Too Many Requests"},
                             {431, "431 Request Header Fields Too Large"},
                             {500, "500 Internal Server Error"},
                             {501, "501 Not Implemented"},
                             {502, "502 Bad Gateway"},
                             {503, "503 Service Unavailable"},
                             {505, "505 HTTP Version Not Supported"},
                             {507, "507 Insufficient Storage"}};
  for (const auto& line : kLines)
    if (line.status == status) return line.text;
  return "500 Internal Server Error";
}

std::string_view http_date() {
  // Made once a second: it is in every response.
  thread_local std::time_t made = 0;
  thread_local char text[32];
  const std::time_t now = std::time(nullptr);
  if (now != made) {
    constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm parts{};
    gmtime_r(&now, &parts);
    // Not strftime's names: those are the locale's.
    char format[32];
    std::strftime(format, sizeof format, "%%s, %d %%s %Y %H:%M:%S GMT", &parts);
    const std::string_view after(format + 4);
    std::string line = std::string(kDays[parts.tm_wday]) + ", ";
    line.append(after.substr(0, 3)).append(kMonths[parts.tm_mon]).append(after.substr(5));
    line.copy(text, sizeof text - 1);
    text[line.size()] = '\0';
    made = now;
  }
  return text;
}

}  // namespace gantry::serve
