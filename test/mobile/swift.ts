import type { Field, Flow, Struct, Type } from './flows.ts'

/** The flows in Swift, with nothing beside Foundation. */
export function swift(flows: readonly Flow[], structs: readonly Struct[]): string {
  return `// Made from /openapi.json by a test. Copy it into an app, and change what you like.
import Foundation

${structs.map(declaration).join('\n\n')}

/// Whatever the API refuses, and that it could not be reached: \`unreachable\`, with the status 0.
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

${flows.map(method).join('\n\n')}

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
    if let token { request.setValue("Bearer \\(token)", forHTTPHeaderField: "Authorization") }
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

/// What a refusal says: \`error\` is one message or a list, and \`errors\` where a password is reset.
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
`
}

function declaration({ name, fields }: Struct): string {
  const members = fields.map((each) => `  let ${each.name}: ${typeName(each.type)}\n`)
  return `struct ${name}: Decodable {\n${members.join('')}}`
}

function typeName(type: Type): string {
  const names = { string: 'String', boolean: 'Bool', integer: 'Int' }
  const plain =
    type.kind === 'object'
      ? type.name
      : type.kind === 'list'
        ? `[${typeName(type.of)}]`
        : names[type.kind]
  return type.isNullable ? `${plain}?` : plain
}

function method(flow: Flow): string {
  const { name, summary, parameters, answer, needsToken } = flow
  const taken = [
    ...(needsToken ? ['token: String'] : []),
    ...parameters.map((each) => parameter(each)),
  ].join(', ')
  const sent = [
    `"${flow.method}"`,
    `"${flow.path}"`,
    ...(needsToken ? ['token: token'] : []),
    ...given(flow),
  ].join(', ')
  const head = `  func ${name}(${taken}) async throws -> ${answer} {`
  const call = `    try await send(${sent})`
  return `  /// ${summary}.
${head.length > 100 ? head.replace('(', '(\n    ').replace(') async', '\n  ) async') : head}
${call.length > 100 ? call.replace('(', '(\n      ') : call}
  }`
}

function parameter({ name, type }: Field): string {
  return `${name}: ${typeName(type)}${type.isNullable ? ' = nil' : ''}`
}

function given({ method: verb, parameters }: Flow): string[] {
  if (parameters.length === 0) return []
  const pairs = parameters.map(({ wire, name, type }) => {
    const text = type.kind === 'integer' ? `${name}.map { String($0) }` : name
    return `"${wire}": ${text}`
  })
  return [`${verb === 'GET' ? 'query' : 'body'}: [${pairs.join(', ')}]`]
}
