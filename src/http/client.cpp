#include "http/client.hpp"

#include "base/text.hpp"
#include "http/authorities.hpp"
#include "http/url.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace gantry::http {

namespace {

constexpr std::size_t kBufferSize = 512u << 10;  ///< the most that curl takes from a connection at a time
constexpr std::size_t kMaxWaiting = 1u << 20;    ///< of a body that nobody has read yet
constexpr std::size_t kMaxHeaders = 256u << 10;  ///< bytes of all headers of an answer
constexpr long kConnectSeconds = 30;
constexpr long kMaxRedirections = 8;
constexpr int kTlsRefused = EPROTO;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Multi = std::unique_ptr<CURLM, FreeMulti>;
using List = std::unique_ptr<curl_slist, FreeList>;

void initialize() { [[maybe_unused]] static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT); }

Result<List> list_of(const std::vector<Header>& headers) {
  List list;
  for (const auto& header : headers) {
    std::string line = header.name + ": " + header.value;
    // A value from a server or a file must not become a header of its own.
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
      return fail(Code::invalid, "the value of the header {} has a line break", header.name);
    list.reset(curl_slist_append(list.release(), line.c_str()));
  }
  // Without it curl waits for "100 Continue" before a body, up to a second where a server does not know it.
  list.reset(curl_slist_append(list.release(), "Expect:"));
  return list;
}

bool is_tls_refusal(CURLcode code, const char* text) {
  return code == CURLE_SSL_CONNECT_ERROR &&
         (std::strstr(text, "wrong version number") != nullptr || std::strstr(text, "http request") != nullptr ||
          std::strstr(text, "packet length too long") != nullptr);
}

/// It hangs up at the first words of TLS, as some servers without it do, but also one that is about to end.
bool is_tls_hangup(CURLcode code, const char* text) {
  return code == CURLE_SSL_CONNECT_ERROR &&
         (std::strstr(text, "SSL_ERROR_SYSCALL") != nullptr || std::strstr(text, "Connection reset") != nullptr ||
          std::strstr(text, "unexpected eof") != nullptr);
}

/// Code::failed is what may go better at another try.
Code class_of(CURLcode code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:  // led away from HTTP, or no HTTP at all comes back
    case CURLE_WEIRD_SERVER_REPLY:
      return Code::unsupported;
    case CURLE_URL_MALFORMAT:
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
      return Code::invalid;
    case CURLE_PEER_FAILED_VERIFICATION:
      return Code::denied;
    default:
      return Code::failed;
  }
}

std::string cure_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "check the name, and that DNS works";
    case CURLE_COULDNT_CONNECT:
      return "is it running, and is the port right?";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "give its authority with --cert-dir or in certs.d, or use --tls-verify=false";
    default:
      return {};
  }
}

/// One transfer of curl's, seen as a stream.
class Transfer final : public Answer {
 public:
  Transfer(CURLM* multi, std::string url) : multi_(multi), easy_(curl_easy_init()), url_(std::move(url)) {}
  ~Transfer() override {
    if (added_) curl_multi_remove_handle(multi_, easy_.get());
  }

  Result<> start(const Settings& settings, const Request& request);
  Result<> wait_for_headers();

  int status() const override { return static_cast<int>(status_); }
  const std::string& url() const override { return url_; }
  std::string_view header(std::string_view name) const override {
    auto all = headers(name);
    return all.empty() ? std::string_view() : all.back();
  }
  std::vector<std::string_view> headers(std::string_view name) const override {
    std::vector<std::string_view> values;
    for (const auto& header : headers_)
      if (header.name == name) values.push_back(header.value);
    return values;
  }
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_.get(), option, value);
  }
  void set_tls(const Settings& settings);
  void set_body(const Request& request);
  Result<> step();
  Error failure(CURLcode code);

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_data(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_upload(char* data, std::size_t size, std::size_t count, void* self);
  void take_header(std::string_view line);

  CURLM* multi_;
  std::unique_ptr<CURL, FreeEasy> easy_;
  std::string url_;
  List list_;
  char error_[CURL_ERROR_SIZE] = {};
  bool added_ = false;
  bool done_ = false;
  bool paused_ = false;
  long status_ = 0;
  std::vector<Header> headers_;
  std::size_t header_bytes_ = 0;
  std::vector<std::byte> waiting_;
  std::size_t taken_ = 0;  ///< of waiting_
  Source* body_ = nullptr;
  std::optional<Error> broken_;  ///< what our own side could not do
  std::optional<Error> end_;     ///< what the transfer has ended with, other than well
};

void Transfer::set_tls(const Settings& settings) {
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, settings.verify ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, settings.verify ? 2L : 0L);
  if (settings.verify && !settings.authorities.empty()) {
    set(CURLOPT_SSL_CTX_FUNCTION, &trust_authorities);
    set(CURLOPT_SSL_CTX_DATA, const_cast<std::vector<std::string>*>(&settings.authorities));
  }
  if (!settings.client_certificate.empty()) {
    set(CURLOPT_SSLCERT, settings.client_certificate.c_str());
    set(CURLOPT_SSLKEY, settings.client_key.c_str());
  }
}

void Transfer::set_body(const Request& request) {
  body_ = request.body;
  if (body_ == nullptr) {
    if (request.method == "HEAD") set(CURLOPT_NOBODY, 1L);
    else if (request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE, 0L);
      set(CURLOPT_POSTFIELDS, "");
    }
    return;
  }
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, &on_upload);
  set(CURLOPT_READDATA, this);
  set(CURLOPT_UPLOAD_BUFFERSIZE, static_cast<long>(kBufferSize));
  if (request.body_size) set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(*request.body_size));
}

Result<> Transfer::start(const Settings& settings, const Request& request) {
  if (!easy_) return fail(Code::failed, "curl cannot be started");
  list_ = TRY(list_of(request.headers));
  set(CURLOPT_URL, url_.c_str());
  set(CURLOPT_ERRORBUFFER, error_);
  set(CURLOPT_HTTPHEADER, list_.get());
  set(CURLOPT_USERAGENT, settings.user_agent.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  // As other clients have it: a proxy could only reach its own loopback.
  if (is_loopback(origin_of(url_).host)) set(CURLOPT_PROXY, "");
  if (!settings.unix_socket.empty()) set(CURLOPT_UNIX_SOCKET_PATH, settings.unix_socket.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  // A server that was asked over TLS cannot send us to one without.
  set(CURLOPT_REDIR_PROTOCOLS_STR, origin_of(url_).scheme == "https" ? "https" : "http,https");
  set(CURLOPT_MAXREDIRS, kMaxRedirections);
  if (request.method == "GET" || request.method == "HEAD") set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_CONNECTTIMEOUT, std::min(kConnectSeconds, settings.patience));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, settings.patience);
  set(CURLOPT_BUFFERSIZE, static_cast<long>(kBufferSize));
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &on_data);
  set(CURLOPT_WRITEDATA, this);
  set_tls(settings);
  set_body(request);
  set(CURLOPT_CUSTOMREQUEST, request.method == "HEAD" ? nullptr : request.method.c_str());
  curl_multi_add_handle(multi_, easy_.get());
  added_ = true;
  return {};
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.header_bytes_ += size * count;
  if (transfer.header_bytes_ > kMaxHeaders) {
    transfer.broken_ = fail(Code::corrupt, "the answer has more than {} bytes of headers", kMaxHeaders);
    return 0;
  }
  transfer.take_header(trim(std::string_view(data, size * count)));
  return size * count;
}

void Transfer::take_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {  // of each redirection, each "100 Continue" and the answer itself
    headers_.clear();
    return;
  }
  auto [name, value, found] = cut(line, ':');
  if (found) headers_.push_back({to_lower(trim(name)), std::string(trim(value))});
}

std::size_t Transfer::on_data(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  if (transfer.waiting_.size() - transfer.taken_ >= kMaxWaiting) {
    transfer.paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  auto* bytes = reinterpret_cast<const std::byte*>(data);
  transfer.waiting_.insert(transfer.waiting_.end(), bytes, bytes + size * count);
  return size * count;
}

std::size_t Transfer::on_upload(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  auto got = transfer.body_->read(std::as_writable_bytes(std::span(data, size * count)));
  if (got) return *got;
  transfer.broken_ = std::move(got.error());
  return CURL_READFUNC_ABORT;
}

/// Lets curl go on; when there is nothing to do at once, waits for the network.
Result<> Transfer::step() {
  int running = 0;
  if (CURLMcode code = curl_multi_perform(multi_, &running); code != CURLM_OK)
    return fail(Code::failed, "curl: {}", curl_multi_strerror(code));
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE || message->easy_handle != easy_.get()) continue;
    done_ = true;
    // Told only after the bytes that came before it, so that whoever asks again has got further each time.
    if (message->data.result != CURLE_OK) end_ = failure(message->data.result);
  }
  if (!done_ && waiting_.size() == taken_) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
  return {};
}

Error Transfer::failure(CURLcode code) {
  if (broken_) return std::move(*broken_);
  std::string host = origin_of(url_).host;
  Error error = fail(class_of(code), "{}: {}", host, error_[0] != 0 ? error_ : curl_easy_strerror(code));
  if (is_tls_refusal(code, error_)) error = std::move(error).with_os_error(kTlsRefused).with_code(Code::unsupported);
  else if (is_tls_hangup(code, error_)) error = std::move(error).with_os_error(kTlsRefused);
  std::string cure = cure_of(code);
  if (!cure.empty()) error = std::move(error).with_cure(std::move(cure));
  return error;
}

Result<> Transfer::wait_for_headers() {
  while (!done_ && waiting_.empty()) TRY(step());
  if (end_ && waiting_.empty()) return *end_;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status_);
  char* effective = nullptr;
  if (curl_easy_getinfo(easy_.get(), CURLINFO_EFFECTIVE_URL, &effective) == CURLE_OK && effective != nullptr)
    url_ = effective;
  return {};
}

Result<std::size_t> Transfer::read(std::span<std::byte> buffer) {
  while (waiting_.size() == taken_) {
    waiting_.clear();
    taken_ = 0;
    if (std::exchange(paused_, false)) curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    if (!waiting_.empty()) break;  // unpausing has brought what curl still had
    if (end_) return *end_;
    if (done_) return 0;
    TRY(step());
  }
  std::size_t size = std::min(buffer.size(), waiting_.size() - taken_);
  std::memcpy(buffer.data(), waiting_.data() + taken_, size);
  taken_ += size;
  return size;
}

}  // namespace

struct Client::State {
  Settings settings;
  Multi multi;
};

Client::Client(Settings settings) {
  initialize();
  state_ = std::make_unique<State>(State{std::move(settings), Multi(curl_multi_init())});
}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<std::unique_ptr<Answer>> Client::send(const Request& request) {
  auto transfer = std::make_unique<Transfer>(state_->multi.get(), request.url);
  TRY(transfer->start(state_->settings, request));
  TRY(transfer->wait_for_headers());
  return transfer;
}

Result<std::string> Answer::text(std::size_t limit) {
  auto text = TRY(read_text(*this, limit));
  if (!text) return fail(Code::corrupt, "{}: the answer has more than {} bytes", url(), limit);
  return std::move(*text);
}

bool is_refused_tls(const Error& error) { return error.os_error() == kTlsRefused; }

}  // namespace gantry::http
