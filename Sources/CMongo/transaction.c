#include "client.h"

// Runs the commands until one fails, or `on_reply` does not want to go on with its reply.
static bool
run_each(mongoc_client_t *taken, const mongoc_client_session_t *session, const char *database,
         const cmongo_bytes *commands, size_t count, cmongo_on_reply on_reply, void *context,
         bool *wanted, cmongo_error *error, bson_error_t *cause)
{
    for (size_t i = 0; i < count && *wanted; i++) {
        bson_t command, reply, options = BSON_INITIALIZER;
        if (!cmongo_borrow(&command, commands[i].bytes, commands[i].length, error)) return false;
        bson_init(&reply);
        bool done = mongoc_client_session_append(session, &options, cause);
        if (done) {
            bson_destroy(&reply);
            done = mongoc_client_write_command_with_opts(
                taken, database, &command, &options, &reply, cause);
        }
        if (!done) cmongo_fail(error, cmongo_failure_of(cause), cause);
        // Also with an error of the server, whose reply says more.
        bool more = bson_empty(&reply) ? done : on_reply(context, bson_get_data(&reply), reply.len);
        bson_destroy(&reply);
        bson_destroy(&options);
        if (!done) return false;
        *wanted = more;
    }
    return true;
}

bool
cmongo_run_together(cmongo_client *client, const char *database, const cmongo_bytes *commands,
                    size_t count, cmongo_on_reply on_reply, void *context, cmongo_error *error)
{
    bson_error_t cause = {0};
    mongoc_client_t *taken = cmongo_take(client, error);
    if (!taken) return false;
    mongoc_client_session_t *session = cmongo_start_session(taken, &cause);
    bool wanted = true;
    // The transaction has the write concern of the URI.
    bool done = session && mongoc_client_session_start_transaction(session, NULL, &cause);
    if (!done) {
        cmongo_fail(error, cmongo_failure_of(&cause), &cause);
    } else if ((done = run_each(taken, session, database, commands, count, on_reply, context,
                                &wanted, error, &cause)) && wanted) {
        bson_t reply;
        cmongo_commands_sent = 0;
        // libmongoc repeats a commit once after a network error or a failover.
        done = mongoc_client_session_commit_transaction(session, &reply, &cause);
        if (!done) {
            cmongo_fail(error, cmongo_failure_of(&cause), &cause);
            error->may_have_run = mongoc_error_has_label(&reply, "UnknownTransactionCommitResult") ||
                                  error->failure == CMONGO_BROKEN;
        }
        bson_destroy(&reply);
    } else {
        // If the server does not learn of it, it aborts the transaction after a minute.
        mongoc_client_session_abort_transaction(session, NULL);
    }
    if (session) mongoc_client_session_destroy(session);
    mongoc_client_pool_push(client->pool, taken);
    return done;
}
