#pragma once
// A web server on this machine's loopback, for tests of downloads: one request per connection, one
// after the other, each answered by a function.

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <keel/core/error.h>

namespace keel::testing {

struct HttpRequest {
  std::string path;                          ///< "/file"
  std::optional<std::uint64_t> range_start;  ///< from "Range: bytes=START-"
};

/// A whole answer with its header. `length` is what the header claims, by default the truth.
inline std::string http_answer(const std::string& status, const std::string& body,
                               std::optional<std::size_t> length = std::nullopt) {
  return "HTTP/1.1 " + status +
         "\r\nContent-Length: " + std::to_string(length.value_or(body.size())) +
         "\r\nConnection: close\r\n\r\n" + body;
}

class HttpServer {
 public:
  /// The function returns all bytes to send; it runs on the server's own thread.
  explicit HttpServer(std::function<std::string(const HttpRequest&)> answer)
      : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    check(::bind(listener_, generic, size) == 0 && ::listen(listener_, 8) == 0 &&
              ::getsockname(listener_, generic, &size) == 0,
          "test server: cannot listen on the loopback");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~HttpServer() {
    ::shutdown(listener_, SHUT_RDWR);  // wakes accept
    thread_.join();
    ::close(listener_);
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// All requests so far.
  std::vector<HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  /// "http://127.0.0.1:PORT/name"
  std::string url(const std::string& name) const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/" + name;
  }

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      const HttpRequest request = read_request(connection);
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const std::string answer = answer_(request);
      std::size_t sent = 0;
      while (sent < answer.size()) {
        const ssize_t count =
            ::send(connection, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) break;
        sent += static_cast<std::size_t>(count);
      }
      ::close(connection);
    }
  }

  static HttpRequest read_request(int connection) {
    std::string text;
    char buffer[1024];
    while (text.find("\r\n\r\n") == std::string::npos) {
      const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) break;
      text.append(buffer, static_cast<std::size_t>(count));
    }
    HttpRequest request;
    const std::size_t start = text.find(' ') + 1;
    request.path = text.substr(start, text.find(' ', start) - start);
    const std::string field = "Range: bytes=";
    const std::size_t range = text.find(field);
    if (range != std::string::npos) {
      request.range_start = std::stoull(text.substr(range + field.size()));
    }
    return request;
  }

  std::function<std::string(const HttpRequest&)> answer_;
  int listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::thread thread_;
};

}  // namespace keel::testing
