// Made from /openapi.json by a test. Copy it into an app, and change what you like.
import java.io.IOException
import java.net.HttpURLConnection
import java.net.URL
import java.net.URLEncoder
import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject

data class User(
    val id: String,
    val emailAddress: String,
    val emailVerified: Boolean,
    val createdAt: String,
    val updatedAt: String,
) {
    companion object {
        fun from(json: JSONObject) = User(
            id = json.getString("id"),
            emailAddress = json.getString("email_address"),
            emailVerified = json.getBoolean("email_verified"),
            createdAt = json.getString("created_at"),
            updatedAt = json.getString("updated_at"),
        )
    }
}

class SignUpAnswer(
    val token: String?,
    val user: User,
) {
    companion object {
        fun from(json: JSONObject) = SignUpAnswer(
            token = json.stringOrNull("token"),
            user = User.from(json.getJSONObject("user")),
        )
    }
}

class LogInAnswer(
    val token: String,
) {
    companion object {
        fun from(json: JSONObject) = LogInAnswer(
            token = json.getString("token"),
        )
    }
}

data class Session(
    val id: String,
    val name: String,
    val createdAt: String,
    val lastUsedAt: String,
    val expiresAt: String,
    val ipAddress: String?,
    val userAgent: String?,
    val current: Boolean,
) {
    companion object {
        fun from(json: JSONObject) = Session(
            id = json.getString("id"),
            name = json.getString("name"),
            createdAt = json.getString("created_at"),
            lastUsedAt = json.getString("last_used_at"),
            expiresAt = json.getString("expires_at"),
            ipAddress = json.stringOrNull("ip_address"),
            userAgent = json.stringOrNull("user_agent"),
            current = json.getBoolean("current"),
        )
    }
}

data class ShowSessionAnswer(
    val session: Session,
    val user: User,
) {
    companion object {
        fun from(json: JSONObject) = ShowSessionAnswer(
            session = Session.from(json.getJSONObject("session")),
            user = User.from(json.getJSONObject("user")),
        )
    }
}

data class Project(
    val id: String,
    val title: String,
    val description: String?,
    val createdAt: String,
    val updatedAt: String,
) {
    companion object {
        fun from(json: JSONObject) = Project(
            id = json.getString("id"),
            title = json.getString("title"),
            description = json.stringOrNull("description"),
            createdAt = json.getString("created_at"),
            updatedAt = json.getString("updated_at"),
        )
    }
}

data class ListProjectsAnswer(
    val projects: List<Project>,
    val nextCursor: String?,
) {
    companion object {
        fun from(json: JSONObject) = ListProjectsAnswer(
            projects = json.getJSONArray("projects").objects { Project.from(it) },
            nextCursor = json.stringOrNull("next_cursor"),
        )
    }
}

data class Message(
    val message: String,
) {
    companion object {
        fun from(json: JSONObject) = Message(
            message = json.getString("message"),
        )
    }
}

data class Problem(
    val field: String,
    val code: String,
    val message: String,
) {
    companion object {
        fun from(json: JSONObject) = Problem(
            field = json.getString("field"),
            code = json.getString("code"),
            message = json.getString("message"),
        )
    }
}

/** Whatever the API refuses, and that it could not be reached: `unreachable`, with the status 0. */
class ApiError(
    val code: String,
    val status: Int,
    val messages: List<String> = emptyList(),
    val details: List<Problem> = emptyList(),
    val requestId: String? = null,
    val retryAfterSeconds: Int? = null,
    cause: Throwable? = null,
) : Exception(messages.joinToString("\n").ifEmpty { code }, cause)

/**
 * Every function waits for its answer: call it in withContext(Dispatchers.IO).
 *
 * @param url where the API is, without a path: https://api.example.com
 */
class Api(private val url: String) {
    /** Sign up. */
    fun signUp(emailAddress: String, password: String): SignUpAnswer =
        SignUpAnswer.from(send(
            "POST", "/v1/registrations", body = mapOf("email_address" to emailAddress, "password" to password)))

    /** Log in. */
    fun logIn(emailAddress: String, password: String): LogInAnswer =
        LogInAnswer.from(send(
            "POST", "/v1/session", body = mapOf("email_address" to emailAddress, "password" to password)))

    /** The session and the user of the token. */
    fun showSession(token: String): ShowSessionAnswer =
        ShowSessionAnswer.from(send("GET", "/v1/session", token = token))

    /** List your projects, oldest first. */
    fun listProjects(
        token: String, limit: Int? = null, cursor: String? = null,
    ): ListProjectsAnswer =
        ListProjectsAnswer.from(send(
            "GET", "/v1/projects", token = token, query = mapOf("limit" to limit, "cursor" to cursor)))

    /** Log out. */
    fun logOut(token: String): Message =
        Message.from(send("DELETE", "/v1/session", token = token))

    /** Ask for a mail with a link to reset the password. */
    fun requestPasswordReset(emailAddress: String): Message =
        Message.from(send("POST", "/v1/passwords", body = mapOf("email_address" to emailAddress)))

    /** Choose a new password, with the token in the body. */
    fun resetPassword(token: String, password: String): Message =
        Message.from(send(
            "PUT", "/v1/passwords", body = mapOf("token" to token, "password" to password)))

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
        // One message or a list, and `errors` where a password is reset.
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
