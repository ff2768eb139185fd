#include "client.h"

#include <string.h>

// The cursor in a reply. `collection` points into the reply.
static int64_t
cursor_of(const bson_t *reply, const char **collection)
{
    bson_iter_t at, inner;
    const char *dot = NULL;
    if (bson_iter_init(&at, reply) && bson_iter_find_descendant(&at, "cursor.ns", &inner) &&
        BSON_ITER_HOLDS_UTF8(&inner))
        dot = strchr(bson_iter_utf8(&inner, NULL), '.');
    if (!dot || !bson_iter_init(&at, reply) ||
        !bson_iter_find_descendant(&at, "cursor.id", &inner) || !BSON_ITER_HOLDS_INT64(&inner))
        return 0;
    *collection = dot + 1;
    return bson_iter_int64(&inner);
}

static void
next_command(bson_t *command, int64_t cursor, const char *collection, bool more, int64_t await)
{
    bson_t cursors;
    bson_init(command);
    if (more) {
        BSON_APPEND_INT64(command, "getMore", cursor);
        BSON_APPEND_UTF8(command, "collection", collection);
        if (await > 0) BSON_APPEND_INT64(command, "maxTimeMS", await);
    } else {
        BSON_APPEND_UTF8(command, "killCursors", collection);
        BSON_APPEND_ARRAY_BEGIN(command, "cursors", &cursors);
        BSON_APPEND_INT64(&cursors, "0", cursor);
        bson_append_array_end(command, &cursors);
    }
}

bool
cmongo_run_cursor(cmongo_client *client, const char *database, const uint8_t *bytes, size_t length,
                  int64_t await_milliseconds, cmongo_on_begin on_begin, cmongo_on_end on_end,
                  cmongo_on_reply on_reply, void *context, cmongo_error *error)
{
    bson_t command, reply = BSON_INITIALIZER, options = BSON_INITIALIZER;
    bson_error_t cause = {0};
    if (!cmongo_borrow(&command, bytes, length, error)) return false;
    mongoc_client_t *taken = cmongo_take(client, error);
    if (!taken) return false;

    mongoc_client_session_t *session = cmongo_start_session(taken, &cause);
    mongoc_server_description_t *server = session ? mongoc_client_select_server(
        taken, false, mongoc_client_get_read_prefs(taken), &cause) : NULL;
    bool done = server && mongoc_client_session_append(session, &options, &cause);
    bool more = true, begun = done && on_begin;
    if (begun) {
        cmongo_place place = {.server = mongoc_server_description_id(server)};
        cmongo_copy_id(session, place.session);
        more = on_begin(context, &place);
    }
    if (done && more) {
        BSON_APPEND_INT32(&options, "serverId", (int32_t)mongoc_server_description_id(server));
        bson_destroy(&reply);
        done = mongoc_client_read_command_with_opts(
            taken, database, &command, NULL, &options, &reply, &cause);
    }
    const char *collection;
    int64_t cursor;
    while (done && more) {
        more = on_reply(context, bson_get_data(&reply), reply.len);
        cursor = cursor_of(&reply, &collection);
        if (!cursor) break;
        bson_t next;
        next_command(&next, cursor, collection, more, await_milliseconds);
        bson_destroy(&reply);
        // Never retried: a batch whose reply was lost would be skipped.
        done = mongoc_client_command_with_opts(
            taken, database, &next, NULL, &options, &reply, &cause);
        bson_destroy(&next);
    }
    if (!more) done = true;  // a failed killCursors is harmless: the server times the cursor out
    if (!done) {
        cmongo_fail(error, cmongo_failure_of(&cause), &cause);
        if (!bson_empty(&reply)) on_reply(context, bson_get_data(&reply), reply.len);
    }
    if (begun && on_end) on_end(context);
    bson_destroy(&reply);
    bson_destroy(&options);
    mongoc_server_description_destroy(server);
    if (session) mongoc_client_session_destroy(session);
    mongoc_client_pool_push(client->pool, taken);
    return done;
}

bool
cmongo_end(cmongo_client *client, const cmongo_place *place, cmongo_error *error)
{
    bson_t reply = BSON_INITIALIZER, options = BSON_INITIALIZER;
    bson_error_t cause = {0};
    mongoc_client_t *taken = cmongo_take(client, error);
    if (!taken) return false;
    bson_t *command = BCON_NEW(
        "killSessions", "[", "{", "id",
        BCON_BIN(BSON_SUBTYPE_UUID, place->session, CMONGO_SESSION_ID), "}", "]");
    BSON_APPEND_INT32(&options, "serverId", (int32_t)place->server);
    bson_destroy(&reply);
    bool done = mongoc_client_command_with_opts(
        taken, "admin", command, NULL, &options, &reply, &cause);
    if (!done) cmongo_fail(error, cmongo_failure_of(&cause), &cause);
    bson_destroy(&reply);
    bson_destroy(command);
    bson_destroy(&options);
    mongoc_client_pool_push(client->pool, taken);
    return done;
}
