// Made from /openapi.json by a test. Copy it into an app, and change what you like.
import Foundation

struct User: Decodable {
  let id: String
  let emailAddress: String
  let emailVerified: Bool
  let createdAt: String
  let updatedAt: String
}

struct SignUpAnswer: Decodable {
  let token: String?
  let user: User
}

struct LogInAnswer: Decodable {
  let token: String
}

struct Session: Decodable {
  let id: String
  let name: String
  let createdAt: String
  let lastUsedAt: String
  let expiresAt: String
  let ipAddress: String?
  let userAgent: String?
  let current: Bool
}

struct ShowSessionAnswer: Decodable {
  let session: Session
  let user: User
}

struct Project: Decodable {
  let id: String
  let title: String
  let description: String?
  let createdAt: String
  let updatedAt: String
}

struct ListProjectsAnswer: Decodable {
  let projects: [Project]
  let nextCursor: String?
}

struct Message: Decodable {
  let message: String
}

struct Problem: Decodable {
  let field: String
  let code: String
  let message: String
}

/// Whatever the API refuses, and that it could not be reached: `unreachable`, with the status 0.
struct ApiError: Error {
  let code: String
  let status: Int
  let messages: [String]
  let details: [Problem]
  let requestId: String?
  let retryAfterSeconds: Int?
}

struct Api {
  /// Where the API is, without a path: https://api.example.com
  let url: URL
  /// No cookies, no cache: the token is all that says who asks.
  let session = URLSession(configuration: .ephemeral)

  /// Sign up.
  func signUp(emailAddress: String, password: String) async throws -> SignUpAnswer {
    try await send(
      "POST", "/v1/registrations", body: ["email_address": emailAddress, "password": password])
  }

  /// Log in.
  func logIn(emailAddress: String, password: String) async throws -> LogInAnswer {
    try await send(
      "POST", "/v1/session", body: ["email_address": emailAddress, "password": password])
  }

  /// The session and the user of the token.
  func showSession(token: String) async throws -> ShowSessionAnswer {
    try await send("GET", "/v1/session", token: token)
  }

  /// List your projects, oldest first.
  func listProjects(
    token: String, limit: Int? = nil, cursor: String? = nil
  ) async throws -> ListProjectsAnswer {
    try await send(
      "GET", "/v1/projects", token: token, query: ["limit": limit.map { String($0) }, "cursor": cursor])
  }

  /// Log out.
  func logOut(token: String) async throws -> Message {
    try await send("DELETE", "/v1/session", token: token)
  }

  /// Ask for a mail with a link to reset the password.
  func requestPasswordReset(emailAddress: String) async throws -> Message {
    try await send("POST", "/v1/passwords", body: ["email_address": emailAddress])
  }

  /// Choose a new password, with the token in the body.
  func resetPassword(token: String, password: String) async throws -> Message {
    try await send("PUT", "/v1/passwords", body: ["token": token, "password": password])
  }

  private func send<Answer: Decodable>(
    _ method: String, _ path: String, token: String? = nil, query: [String: String?] = [:],
    body: [String: String?]? = nil
  ) async throws -> Answer {
    var parts = URLComponents(url: url, resolvingAgainstBaseURL: false)!
    parts.path = path
    let asked = query.compactMapValues { $0 }.map { URLQueryItem(name: $0.key, value: $0.value) }
    parts.queryItems = asked.isEmpty ? nil : asked
    var request = URLRequest(url: parts.url!, timeoutInterval: 15)
    request.httpMethod = method
    request.httpShouldHandleCookies = false
    if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
    if let body {
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
      request.httpBody = try JSONEncoder().encode(body.compactMapValues { $0 })
    }
    let (data, response) = try await answer(to: request)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard (200..<300).contains(response.statusCode) else {
      throw refusal(data, response, decoder)
    }
    return try decoder.decode(Answer.self, from: data)
  }

  private func answer(to request: URLRequest) async throws -> (Data, HTTPURLResponse) {
    do {
      let (data, response) = try await session.data(for: request, delegate: NoRedirects())
      guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
      return (data, response)
    } catch let error as URLError where error.code != .cancelled {
      throw ApiError(
        code: "unreachable", status: 0, messages: [error.localizedDescription], details: [],
        requestId: nil, retryAfterSeconds: nil)
    }
  }

  private func refusal(
    _ data: Data, _ response: HTTPURLResponse, _ decoder: JSONDecoder
  ) -> ApiError {
    let said = try? decoder.decode(Refusal.self, from: data)
    return ApiError(
      code: said?.code ?? "unknown", status: response.statusCode,
      messages: said?.errors ?? said?.error?.list ?? [], details: said?.details ?? [],
      requestId: response.value(forHTTPHeaderField: "X-Request-Id"),
      retryAfterSeconds: response.value(forHTTPHeaderField: "Retry-After").flatMap { Int($0) })
  }
}

/// What a refusal says: `error` is one message or a list, and `errors` where a password is reset.
private struct Refusal: Decodable {
  let code: String
  let error: Messages?
  let errors: [String]?
  let details: [Problem]?
}

private struct Messages: Decodable {
  let list: [String]

  init(from decoder: Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let one = try? value.decode(String.self) {
      list = [one]
    } else {
      list = try value.decode([String].self)
    }
  }
}

/// The API leads nowhere else, and a token is not to be handed to whoever would.
private final class NoRedirects: NSObject, URLSessionTaskDelegate {
  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest
  ) async -> URLRequest? {
    nil
  }
}
