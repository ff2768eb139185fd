#ifndef CMONGO_CLIENT_H
#define CMONGO_CLIENT_H

// Shared between the files of this target; private to it.

#include "CMongo.h"

#include <mongoc/mongoc.h>
#include <stdatomic.h>

struct cmongo_client {
    mongoc_client_pool_t *pool;
    bool retry_writes;
    // The server is a standalone, which does not support retryable writes.
    atomic_bool standalone;
};

// How many commands this thread has sent since it last took a connection; libmongoc reports each when
// it is sent, in the same thread.
extern _Thread_local unsigned cmongo_commands_sent;

// The next transaction number, for a caller that holds its session.
int64_t cmongo_next_write_number(void);

// A view of the caller's bytes; it owns nothing and needs no bson_destroy.
bool cmongo_borrow(bson_t *document, const uint8_t *bytes, size_t length, cmongo_error *error);

// A client, to be pushed back to the pool; NULL with `error` filled in if none became free.
mongoc_client_t *cmongo_take(cmongo_client *client, cmongo_error *error);

// A session owned by the caller, to be destroyed before its client is pushed back.
mongoc_client_session_t *cmongo_start_session(mongoc_client_t *taken, bson_error_t *cause);

// Writes the UUID of the session to `bytes`, which has room for CMONGO_SESSION_ID bytes.
void cmongo_copy_id(const mongoc_client_session_t *session, uint8_t *bytes);

// Classifies a libmongoc error; call it in the thread that got the error.
cmongo_failure cmongo_failure_of(const bson_error_t *cause);

// Fills in `error`. Returns false.
bool cmongo_fail(cmongo_error *error, cmongo_failure failure, const bson_error_t *cause);

#endif
