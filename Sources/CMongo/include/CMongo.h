#ifndef CMONGO_H
#define CMONGO_H

// Commands to MongoDB over libmongoc, which only this target uses: BSON bytes in, BSON bytes out.
//
// OWNERSHIP
// - What a caller passes in (text, bytes, context, error) stays the caller's and is borrowed for the
//   call: nothing is kept after the call returns.
// - What is passed to a callback is lent until the callback returns. Callers never free anything.
// - A `cmongo_client` belongs to the caller that opened it, which closes it once, when no call uses it.
//
// Every function may be called from any thread; calls block until the server answers or a timeout of
// the URI passes. A call takes a connection, and gives it back before it returns.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cmongo_client cmongo_client;

/// How a command is sent, and whether the read or write concern of the URI is added to it.
typedef enum {
    /// Unchanged, without read or write concern, and never retried: hello, explain, listIndexes.
    CMONGO_PLAIN,
    /// With the read concern; retried once after a network error or a failover.
    CMONGO_READ,
    /// With the write concern, never retried: changes of many documents, or of no document.
    CMONGO_WRITE,
    /// With the write concern and a transaction number, by which the server carries it out exactly once
    /// however often it is sent: insert, update and delete without `multi`, findAndModify. Retried once
    /// after a network error or a failover. (Without a number if the URI sets retryWrites=false, and on
    /// a standalone server.)
    CMONGO_WRITE_ONCE,
} cmongo_kind;

/// Why a call failed.
typedef enum {
    /// The URI cannot be used.
    CMONGO_BAD_URI,
    /// The bytes are not a BSON document.
    CMONGO_BAD_BSON,
    /// No connection of the pool became free within waitQueueTimeoutMS.
    CMONGO_POOL_EXHAUSTED,
    /// Server selection found no server for the command.
    CMONGO_UNREACHABLE,
    /// The connection broke or timed out after the command had been sent.
    CMONGO_BROKEN,
    /// The server does not accept the credentials.
    CMONGO_NOT_AUTHENTICATED,
    /// The server answered with an error; its reply was passed to the callback.
    CMONGO_REFUSED,
    CMONGO_OTHER,
} cmongo_failure;

typedef struct {
    cmongo_failure failure;
    /// Whether the server may have carried the command out nevertheless. (For a command that the server
    /// refused, see its reply.)
    bool may_have_run;
    /// libmongoc's own domain and code, for the log.
    uint32_t domain;
    uint32_t code;
    char message[512];
} cmongo_error;

/// Called with each reply of the server, also with errors.
/// - Returns: whether to continue; not used by `cmongo_run`.
typedef bool (*cmongo_on_reply)(void *context, const uint8_t *bytes, size_t length);

/// Called with each message that libmongoc logs, from any thread, one at a time. Must not call back.
/// - Parameter level: 0 error, 1 critical, 2 warning, 3 message, 4 info, 5 debug, 6 trace.
typedef void (*cmongo_on_log)(int level, const char *domain, const char *message);

/// Initializes libmongoc. Call it before anything else, once per process. Its resources are released
/// when the process exits, provided that all clients were closed.
void cmongo_start(cmongo_on_log on_log);

/// Opens a client with a pool of connections, which connect when first needed.
/// - Parameter uri: also refused if it asks for unacknowledged writes.
/// - Parameter room: the size of the pool, at least 1; overrides the URI.
/// - Returns: NULL, with `error` filled in, if the URI cannot be used.
cmongo_client *cmongo_open(const char *uri, int32_t room, cmongo_error *error);

/// Closes a client that no call uses. It notifies the server, for which it may wait
/// serverSelectionTimeoutMS.
void cmongo_close(cmongo_client *client);

/// Runs a command and lends its reply to `on_reply`, once, if the server gave one.
/// - Parameter command: a BSON document without `$db`, `lsid`, `txnNumber` or the concerns.
/// - Returns: whether the command succeeded; errors of single writes inside the reply do not count
///   as failure. If false, `error` is filled in.
bool cmongo_run(cmongo_client *client, cmongo_kind kind, const char *database,
                const uint8_t *command, size_t length, cmongo_on_reply on_reply, void *context,
                cmongo_error *error);

/// The size of the id of a session.
enum { CMONGO_SESSION_ID = 16 };

/// Where a command runs: the UUID of its session, and libmongoc's number for the server.
typedef struct {
    uint8_t session[CMONGO_SESSION_ID];
    uint32_t server;
} cmongo_place;

/// Called with the place of a command before it is sent.
/// - Returns: whether to send it.
typedef bool (*cmongo_on_begin)(void *context, const cmongo_place *place);

/// Called when nothing runs at the place any more. Its session is used for other commands only after
/// this has returned.
typedef void (*cmongo_on_end)(void *context);

/// Runs a command that answers with a cursor, then `getMore`, lending each reply to `on_reply`, until
/// the cursor is exhausted or `on_reply` returns false. Uses one session and one server throughout, as
/// servers require. Holds its connection all the time.
/// - Parameter await_milliseconds: for an awaiting cursor (a change stream), how long the server waits
///   for data before an empty reply; must be shorter than socketTimeoutMS. Otherwise 0.
/// - Parameter on_begin: NULL for none. If it returns false, nothing is sent, and the call succeeds.
/// - Parameter on_end: NULL for none; called if `on_begin` was.
bool cmongo_run_cursor(cmongo_client *client, const char *database, const uint8_t *command,
                       size_t length, int64_t await_milliseconds, cmongo_on_begin on_begin,
                       cmongo_on_end on_end, cmongo_on_reply on_reply, void *context,
                       cmongo_error *error);

/// Ends what runs at a place, from any thread, before `on_end` has returned: later it may be the
/// command of somebody else. Of no effect if nothing runs.
bool cmongo_end(cmongo_client *client, const cmongo_place *place, cmongo_error *error);

/// A session on one connection, which belongs to `cmongo_with_session` and is lent to its body.
typedef struct cmongo_session cmongo_session;

typedef void (*cmongo_in_session)(void *context, cmongo_session *session);

/// Takes a connection, starts a session, and lends both to `body`, for at most one transaction.
/// - Returns: whether `body` was called. If false, `error` is filled in.
bool cmongo_with_session(cmongo_client *client, cmongo_in_session body, void *context,
                         cmongo_error *error);

/// Writes the UUID of the session to `bytes`, which has room for CMONGO_SESSION_ID bytes.
void cmongo_session_id(const cmongo_session *session, uint8_t *bytes);

/// The part of a command in the transaction of its session.
typedef enum {
    /// None: the command takes effect by itself.
    CMONGO_OUTSIDE,
    /// The first command, which begins the transaction.
    CMONGO_FIRST,
    /// A further command, or the one that commits or aborts it.
    CMONGO_NEXT,
} cmongo_part;

/// Runs a command in a session, with the same results as `cmongo_run`. It is never retried, and has the
/// read or write concern that is in the command.
bool cmongo_run_in_session(cmongo_session *session, cmongo_part part, const char *database,
                           const uint8_t *command, size_t length, cmongo_on_reply on_reply,
                           void *context, cmongo_error *error);

/// The buffer size for any decimal number as text, including the terminating zero.
enum { CMONGO_DECIMAL_TEXT = 43 };

/// Writes a decimal number (IEEE 754 decimal128) as text with all its digits, including trailing zeros.
/// - Parameter bytes: the 16 bytes of the value in a document.
/// - Parameter text: a buffer of CMONGO_DECIMAL_TEXT bytes.
/// - Returns: false, with nothing written, for infinities and NaN.
bool cmongo_write_decimal(const uint8_t *bytes, char *text);

#endif
