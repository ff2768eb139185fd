#include "client.h"

#include <string.h>

struct cmongo_session {
    mongoc_client_t *taken;
    mongoc_client_session_t *session;
    int64_t number;
};

bool
cmongo_with_session(cmongo_client *client, cmongo_in_session body, void *context, cmongo_error *error)
{
    bson_error_t cause = {0};
    cmongo_session lent = {0};
    lent.taken = cmongo_take(client, error);
    if (!lent.taken) return false;
    lent.session = cmongo_start_session(lent.taken, &cause);
    if (lent.session) {
        lent.number = cmongo_next_write_number();
        body(context, &lent);
        // libmongoc drops a session that is dirty after a network error here.
        mongoc_client_session_destroy(lent.session);
    } else {
        cmongo_fail(error, cmongo_failure_of(&cause), &cause);
    }
    bool done = lent.session != NULL;
    mongoc_client_pool_push(client->pool, lent.taken);
    return done;
}

void
cmongo_copy_id(const mongoc_client_session_t *session, uint8_t *bytes)
{
    bson_iter_t at;
    uint32_t length = 0;
    const uint8_t *id = NULL;
    memset(bytes, 0, CMONGO_SESSION_ID);
    // The document belongs to the session.
    if (bson_iter_init_find(&at, mongoc_client_session_get_lsid(session), "id") &&
        BSON_ITER_HOLDS_BINARY(&at))
        bson_iter_binary(&at, NULL, &length, &id);
    if (length == CMONGO_SESSION_ID) memcpy(bytes, id, length);
}

void
cmongo_session_id(const cmongo_session *session, uint8_t *bytes)
{
    cmongo_copy_id(session->session, bytes);
}

bool
cmongo_run_in_session(cmongo_session *session, cmongo_part part, const char *database,
                      const uint8_t *bytes, size_t length, cmongo_on_reply on_reply, void *context,
                      cmongo_error *error)
{
    bson_t command, reply, options = BSON_INITIALIZER;
    bson_error_t cause = {0};
    if (!cmongo_borrow(&command, bytes, length, error)) return false;
    bool done = mongoc_client_session_append(session->session, &options, &cause);
    if (part != CMONGO_OUTSIDE) {
        BSON_APPEND_INT64(&options, "txnNumber", session->number);
        BSON_APPEND_BOOL(&options, "autocommit", false);
        if (part == CMONGO_FIRST) BSON_APPEND_BOOL(&options, "startTransaction", true);
    }
    cmongo_commands_sent = 0;
    if (done)
        // Without read preference: to the primary. The concerns are in the command. Initializes `reply`.
        done = mongoc_client_command_with_opts(
            session->taken, database, &command, NULL, &options, &reply, &cause);
    else
        bson_init(&reply);
    bson_destroy(&options);
    if (!done) {
        cmongo_fail(error, cmongo_failure_of(&cause), &cause);
        error->may_have_run = error->failure == CMONGO_BROKEN;
    }
    if (!bson_empty(&reply)) on_reply(context, bson_get_data(&reply), reply.len);
    bson_destroy(&reply);
    return done;
}
