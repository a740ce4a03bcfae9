import type { Field, Flow, Struct, Type } from './flows.ts'

/** The flows in Kotlin, with nothing beside what Android has: HttpURLConnection and org.json. */
export function kotlin(flows: readonly Flow[], structs: readonly Struct[]): string {
  return `// Made from /openapi.json by a test. Copy it into an app, and change what you like.
import java.io.IOException
import java.net.HttpURLConnection
import java.net.URL
import java.net.URLEncoder
import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject

${structs.map(declaration).join('\n\n')}

/** Whatever the API refuses, and that it could not be reached: \`unreachable\`, with the status 0. */
class ApiError(
    val code: String,
    val status: Int,
    val messages: List<String> = emptyList(),
    val details: List<Problem> = emptyList(),
    val requestId: String? = null,
    val retryAfterSeconds: Int? = null,
    cause: Throwable? = null,
) : Exception(messages.joinToString("\\n").ifEmpty { code }, cause)

/**
 * Every function waits for its answer: call it in withContext(Dispatchers.IO).
 *
 * @param url where the API is, without a path: https://api.example.com
 */
class Api(private val url: String) {
${flows.map(method).join('\n\n')}

    private fun send(
        method: String,
        path: String,
        token: String? = null,
        query: Map<String, Any?> = emptyMap(),
        body: Map<String, Any?>? = null,
    ): JSONObject {
        val asked = query.filterValues { it != null }.map { (name, value) ->
            "$name=" + URLEncoder.encode(value.toString(), "UTF-8")
        }
        val address = url + path + if (asked.isEmpty()) "" else asked.joinToString("&", "?")
        val connection = URL(address).openConnection() as HttpURLConnection
        try {
            connection.requestMethod = method
            connection.connectTimeout = 15_000
            connection.readTimeout = 15_000
            // The API leads nowhere else, and a token is not to be handed to whoever would.
            connection.instanceFollowRedirects = false
            if (token != null) connection.setRequestProperty("Authorization", "Bearer $token")
            if (body != null) {
                connection.setRequestProperty("Content-Type", "application/json")
                connection.doOutput = true
                val text = JSONObject(body.filterValues { it != null }).toString()
                connection.outputStream.use { it.write(text.toByteArray()) }
            }
            val status = connection.responseCode
            val stream = if (status < 400) connection.inputStream else connection.errorStream
            val text = stream?.bufferedReader()?.use { it.readText() } ?: ""
            if (status !in 200..299) throw refusal(connection, text)
            return JSONObject(text)
        } catch (error: IOException) {
            throw ApiError("unreachable", 0, cause = error)
        } finally {
            connection.disconnect()
        }
    }

    private fun refusal(connection: HttpURLConnection, text: String): ApiError {
        val said = try { JSONObject(text) } catch (error: JSONException) { JSONObject() }
        // One message or a list, and \`errors\` where a password is reset.
        val messages = when (val error = said.opt("error") ?: said.opt("errors")) {
            is JSONArray -> List(error.length()) { error.getString(it) }
            null -> emptyList()
            else -> listOf(error.toString())
        }
        return ApiError(
            code = said.optString("code", "unknown"),
            status = connection.responseCode,
            messages = messages,
            details = said.optJSONArray("details")?.objects { Problem.from(it) } ?: emptyList(),
            requestId = connection.getHeaderField("X-Request-Id"),
            retryAfterSeconds = connection.getHeaderField("Retry-After")?.toIntOrNull(),
        )
    }
}

private fun <T> JSONArray.objects(read: (JSONObject) -> T): List<T> =
    List(length()) { read(getJSONObject(it)) }

private fun JSONObject.stringOrNull(name: String): String? =
    if (isNull(name)) null else getString(name)
`
}

function declaration({ name, fields }: Struct): string {
  const members = fields.map((each) => `    val ${each.name}: ${typeName(each.type)},\n`).join('')
  const read = fields.map((each) => `            ${each.name} = ${reading(each)},\n`).join('')
  // What prints itself would print its token, into whatever log.
  const kind = fields.some(({ wire }) => wire === 'token') ? 'class' : 'data class'
  return `${kind} ${name}(
${members}) {
    companion object {
        fun from(json: JSONObject) = ${name}(
${read}        )
    }
}`
}

function typeName(type: Type): string {
  const names = { string: 'String', boolean: 'Boolean', integer: 'Int' }
  const plain =
    type.kind === 'object'
      ? type.name
      : type.kind === 'list'
        ? `List<${typeName(type.of)}>`
        : names[type.kind]
  return type.isNullable ? `${plain}?` : plain
}

function reading({ wire, type }: Field): string {
  if (type.kind === 'object' && !type.isNullable) {
    return `${type.name}.from(json.getJSONObject("${wire}"))`
  }
  if (type.kind === 'list' && type.of.kind === 'object' && !type.isNullable) {
    return `json.getJSONArray("${wire}").objects { ${type.of.name}.from(it) }`
  }
  if (type.kind === 'string')
    return `json.${type.isNullable ? 'stringOrNull' : 'getString'}("${wire}")`
  if (type.kind === 'boolean' && !type.isNullable) return `json.getBoolean("${wire}")`
  if (type.kind === 'integer' && !type.isNullable) return `json.getInt("${wire}")`
  throw new Error(`${wire} is read in no answer yet`)
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
    ...(needsToken ? ['token = token'] : []),
    ...given(flow),
  ].join(', ')
  const head = `    fun ${name}(${taken}): ${answer} =`
  const call = `        ${answer}.from(send(${sent}))`
  return `    /** ${summary}. */
${head.length > 100 ? head.replace('(', '(\n        ').replace('): ', ',\n    ): ') : head}
${call.length > 100 ? call.replace('send(', 'send(\n            ') : call}`
}

function parameter({ name, type }: Field): string {
  return `${name}: ${typeName(type)}${type.isNullable ? ' = null' : ''}`
}

function given({ method: verb, parameters }: Flow): string[] {
  if (parameters.length === 0) return []
  const pairs = parameters.map(({ wire, name }) => `"${wire}" to ${name}`)
  return [`${verb === 'GET' ? 'query' : 'body'} = mapOf(${pairs.join(', ')})`]
}
