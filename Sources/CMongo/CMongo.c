#include "client.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static cmongo_on_log log_sink;
static atomic_int open_clients;

// Transaction numbers for writes. A server requires that they increase within each session. Sessions
// are reused by later calls, so the counter is global. Take one only while holding its session.
static atomic_int_least64_t last_write_number;

_Thread_local unsigned cmongo_commands_sent;

int64_t
cmongo_next_write_number(void)
{
    return atomic_fetch_add(&last_write_number, 1) + 1;
}

static void
on_log(mongoc_log_level_t level, const char *domain, const char *message, void *unused)
{
    (void)unused;
    log_sink((int)level, domain, message);
}

static void
clean_up(void)
{
    if (atomic_load(&open_clients) == 0) mongoc_cleanup();
}

void
cmongo_start(cmongo_on_log sink)
{
    log_sink = sink;
    mongoc_init();
    mongoc_log_set_handler(on_log, NULL);
    atexit(clean_up);
}

static void
on_command_started(const mongoc_apm_command_started_t *event)
{
    (void)event;
    cmongo_commands_sent++;
}

static void
on_server_changed(const mongoc_apm_server_changed_t *event)
{
    cmongo_client *client = mongoc_apm_server_changed_get_context(event);
    const char *type =
        mongoc_server_description_type(mongoc_apm_server_changed_get_new_description(event));
    if (strcmp(type, "Unknown") != 0)
        atomic_store(&client->standalone, strcmp(type, "Standalone") == 0);
}

bool
cmongo_fail(cmongo_error *error, cmongo_failure failure, const bson_error_t *cause)
{
    error->failure = failure;
    error->may_have_run = false;
    error->domain = cause->domain;
    error->code = cause->code;
    bson_strncpy(error->message, cause->message, sizeof error->message);
    return false;
}

static bool
is_network(const bson_error_t *error)
{
    return error->domain == MONGOC_ERROR_STREAM ||
           (error->domain == MONGOC_ERROR_PROTOCOL &&
            error->code == MONGOC_ERROR_PROTOCOL_INVALID_REPLY);
}

cmongo_failure
cmongo_failure_of(const bson_error_t *error)
{
    if (is_network(error)) return cmongo_commands_sent ? CMONGO_BROKEN : CMONGO_UNREACHABLE;
    switch (error->domain) {
    case MONGOC_ERROR_SERVER_SELECTION: return CMONGO_UNREACHABLE;
    case MONGOC_ERROR_SERVER:
    case MONGOC_ERROR_WRITE_CONCERN: return CMONGO_REFUSED;
    case MONGOC_ERROR_SASL:
    case MONGOC_ERROR_SCRAM: return CMONGO_NOT_AUTHENTICATED;
    case MONGOC_ERROR_CLIENT:
        return error->code == MONGOC_ERROR_CLIENT_AUTHENTICATE ? CMONGO_NOT_AUTHENTICATED
                                                               : CMONGO_OTHER;
    default: return CMONGO_OTHER;
    }
}

cmongo_client *
cmongo_open(const char *text, int32_t room, cmongo_error *error)
{
    bson_error_t cause = {0};
    mongoc_uri_t *uri = mongoc_uri_new_with_error(text, &cause);
    if (!uri) {
        cmongo_fail(error, CMONGO_BAD_URI, &cause);
        return NULL;
    }
    cmongo_client *client = calloc(1, sizeof *client);
    if (!client) {
        mongoc_uri_destroy(uri);
        cmongo_fail(error, CMONGO_OTHER, &(bson_error_t){.message = "Out of memory"});
        return NULL;
    }
    client->retry_writes = mongoc_uri_get_option_as_bool(uri, MONGOC_URI_RETRYWRITES, true);
    // For generic commands, libmongoc retries nothing but findAndModify, and does not tell whether a write
    // that failed at its retry took effect at the first attempt. So all retries are done here.
    mongoc_uri_set_option_as_bool(uri, MONGOC_URI_RETRYWRITES, false);
    if (!mongoc_write_concern_is_acknowledged(mongoc_uri_get_write_concern(uri)))
        bson_set_error(&cause, 0, 0, "Unacknowledged writes (w=0) are not supported: they can be lost");
    else
        client->pool = mongoc_client_pool_new_with_error(uri, &cause);  // copies the URI
    mongoc_uri_destroy(uri);
    if (!client->pool) {
        free(client);
        cmongo_fail(error, CMONGO_BAD_URI, &cause);
        return NULL;
    }
    mongoc_client_pool_max_size(client->pool, (uint32_t)room);
    mongoc_client_pool_set_error_api(client->pool, MONGOC_ERROR_API_VERSION_2);
    mongoc_apm_callbacks_t *callbacks = mongoc_apm_callbacks_new();
    mongoc_apm_set_command_started_cb(callbacks, on_command_started);
    mongoc_apm_set_server_changed_cb(callbacks, on_server_changed);
    mongoc_client_pool_set_apm_callbacks(client->pool, callbacks, client);  // copies the callbacks
    mongoc_apm_callbacks_destroy(callbacks);
    atomic_fetch_add(&open_clients, 1);
    return client;
}

void
cmongo_close(cmongo_client *client)
{
    mongoc_client_pool_destroy(client->pool);
    free(client);
    atomic_fetch_sub(&open_clients, 1);
}

bool
cmongo_borrow(bson_t *document, const uint8_t *bytes, size_t length, cmongo_error *error)
{
    size_t offset;
    if (bson_init_static(document, bytes, length) &&
        bson_validate(document, BSON_VALIDATE_NONE, &offset))
        return true;
    return cmongo_fail(error, CMONGO_BAD_BSON, &(bson_error_t){.message = "The command is not valid BSON"});
}

mongoc_client_t *
cmongo_take(cmongo_client *client, cmongo_error *error)
{
    mongoc_client_t *taken = mongoc_client_pool_pop(client->pool);
    if (!taken)
        cmongo_fail(error, CMONGO_POOL_EXHAUSTED, &(bson_error_t){.message = "All connections are in use"});
    cmongo_commands_sent = 0;
    return taken;
}

mongoc_client_session_t *
cmongo_start_session(mongoc_client_t *taken, bson_error_t *cause)
{
    mongoc_session_opt_t *options = mongoc_session_opts_new();
    mongoc_session_opts_set_causal_consistency(options, false);  // each session reads once
    mongoc_client_session_t *session = mongoc_client_start_session(taken, options, cause);
    mongoc_session_opts_destroy(options);
    return session;
}

// Sends a retryable write up to twice. Always initializes `reply`.
// `uncertain`: whether an earlier attempt may have taken effect without an answer.
static bool
write_once(mongoc_client_t *taken, const char *database, const bson_t *command, bson_t *reply,
           bson_error_t *cause, bool *uncertain)
{
    mongoc_client_session_t *session = cmongo_start_session(taken, cause);
    if (!session) {
        bson_init(reply);
        return false;
    }
    bson_t options = BSON_INITIALIZER;
    bool done = mongoc_client_session_append(session, &options, cause), again = done;
    BSON_APPEND_INT64(&options, "txnNumber", cmongo_next_write_number());
    bson_init(reply);
    for (int tries = 0; again && tries < 2; tries++) {
        cmongo_commands_sent = 0;
        bson_destroy(reply);
        done = mongoc_client_write_command_with_opts(
            taken, database, command, &options, reply, cause);
        again = !done && (is_network(cause) || mongoc_error_has_label(reply, "RetryableWriteError"));
        if (cmongo_commands_sent) *uncertain = !done && (is_network(cause) || (*uncertain && again));
    }
    bson_destroy(&options);
    // libmongoc drops a session that is dirty after a network error here.
    mongoc_client_session_destroy(session);
    return done;
}

bool
cmongo_run(cmongo_client *client, cmongo_kind kind, const char *database, const uint8_t *bytes,
           size_t length, cmongo_on_reply on_reply, void *context, cmongo_error *error)
{
    bson_t command, reply;
    bson_error_t cause = {0};
    bool done = false, uncertain = false;
    if (!cmongo_borrow(&command, bytes, length, error)) return false;
    mongoc_client_t *taken = cmongo_take(client, error);
    if (!taken) return false;

    bool numbered = kind == CMONGO_WRITE_ONCE && client->retry_writes && !client->standalone;
    if (numbered) {
        done = write_once(taken, database, &command, &reply, &cause, &uncertain);
        // Code 20: the server has no retryable writes. It was not known to be a standalone.
        numbered = done || cause.code != 20 || !client->standalone;
        if (!numbered) bson_destroy(&reply);
    }
    if (kind == CMONGO_PLAIN)
        done = mongoc_client_command_with_opts(
            taken, database, &command, NULL, NULL, &reply, &cause);
    else if (kind == CMONGO_READ)
        done = mongoc_client_read_command_with_opts(
            taken, database, &command, NULL, NULL, &reply, &cause);
    else if (!numbered)
        done = mongoc_client_write_command_with_opts(
            taken, database, &command, NULL, &reply, &cause);
    mongoc_client_pool_push(client->pool, taken);

    if (!done) {
        cmongo_fail(error, cmongo_failure_of(&cause), &cause);
        error->may_have_run = uncertain || error->failure == CMONGO_BROKEN;
    }
    if (!bson_empty(&reply)) on_reply(context, bson_get_data(&reply), reply.len);
    bson_destroy(&reply);
    return done;
}
