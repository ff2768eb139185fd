#ifndef CMONGO_H
#define CMONGO_H

// Commands to MongoDB over libmongoc, which nothing but CMongo.c sees: BSON bytes in, BSON bytes out.
//
// OWNERSHIP
// - What a caller passes in (text, bytes, context, error) stays the caller's and is borrowed for the
//   call: nothing is kept after it returns.
// - What is handed to a callback is lent until the callback returns. Nothing is ever to be freed.
// - A `cmongo_client` belongs to whoever opened it, and is closed by him, once, when no call uses it.
//
// Every function may be called from any thread; calls block until the server answered or a timeout
// of the URI passed. A call takes a connection, finishes, and has given it back when it returns.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cmongo_client cmongo_client;

/// How a command is sent; what the URI says of read and write concern is added to it.
typedef enum {
    /// As it is, with neither concern added, and never twice: hello, explain, listIndexes.
    CMONGO_PLAIN,
    /// With the read concern; once more after a network error or a failover.
    CMONGO_READ,
    /// With the write concern, and never twice: what changes many documents, or no document.
    CMONGO_WRITE,
    /// With the write concern and a number, by which the server carries it out exactly once however
    /// often it is sent: insert, update and delete without `multi`, findAndModify. Sent once more
    /// after a network error or a failover. (Not numbered where the URI says retryWrites=false, and
    /// on a server that is no member of a set.)
    CMONGO_WRITE_ONCE,
} cmongo_kind;

/// Why a call failed.
typedef enum {
    /// The URI cannot be used.
    CMONGO_BAD_URI,
    /// The bytes are no BSON document.
    CMONGO_BAD_BSON,
    /// No connection of the pool became free within waitQueueTimeoutMS.
    CMONGO_POOL_EXHAUSTED,
    /// No server was to be had for the command.
    CMONGO_UNREACHABLE,
    /// The connection broke, or its timeout passed, after the command had been sent.
    CMONGO_BROKEN,
    /// The server does not accept the credentials.
    CMONGO_NOT_AUTHENTICATED,
    /// The server answered with an error; its reply went to the callback.
    CMONGO_REFUSED,
    CMONGO_OTHER,
} cmongo_failure;

typedef struct {
    cmongo_failure failure;
    /// Whether the server may have carried the command out all the same. (What it means for a command
    /// that the server refused is in its reply.)
    bool may_have_run;
    /// libmongoc's own, for the log.
    uint32_t domain;
    uint32_t code;
    char message[512];
} cmongo_error;

/// Given each reply of the server, good or bad.
/// - Returns: whether to go on; only `cmongo_run_cursor` asks.
typedef bool (*cmongo_on_reply)(void *context, const uint8_t *bytes, size_t length);

/// Given each message that libmongoc logs, from any thread, one at a time. It must not call back.
/// - Parameter level: 0 error, 1 critical, 2 warning, 3 message, 4 info, 5 debug, 6 trace.
typedef void (*cmongo_on_log)(int level, const char *domain, const char *message);

/// Prepares libmongoc. To be called before anything else, once in a process. What it holds is
/// released when the process exits, provided that all clients were closed.
void cmongo_start(cmongo_on_log on_log);

/// Opens a client with a pool of connections, which are made when first needed.
/// - Parameter uri: refused also if it asks for unacknowledged writes.
/// - Parameter room: how many connections there may be, from 1, whatever the URI says.
/// - Returns: NULL, with `error` filled in, if the URI cannot be used.
cmongo_client *cmongo_open(const char *uri, int32_t room, cmongo_error *error);

/// Closes a client that no call uses. Tells the server so, for which it may wait
/// serverSelectionTimeoutMS.
void cmongo_close(cmongo_client *client);

/// Runs a command and lends its reply to `on_reply`, once, if the server gave one.
/// - Parameter command: a BSON document without `$db`, `lsid`, `txnNumber` or the concerns.
/// - Returns: whether the command succeeded; errors of single writes inside the reply do not count
///   as failure. If false, `error` is filled in.
bool cmongo_run(cmongo_client *client, cmongo_kind kind, const char *database,
                const uint8_t *command, size_t length, cmongo_on_reply on_reply, void *context,
                cmongo_error *error);

/// Runs a command that answers with a cursor, then asks for more, lending each reply to `on_reply`,
/// until there is no more or `on_reply` returns false. One session and one server for all of it, as
/// servers demand. Holds its connection all the while.
/// - Parameter await_milliseconds: for a cursor that waits for more (a change stream), how long the
///   server is to wait before an empty reply; it must be shorter than socketTimeoutMS. Else 0.
bool cmongo_run_cursor(cmongo_client *client, const char *database, const uint8_t *command,
                       size_t length, int64_t await_milliseconds, cmongo_on_reply on_reply,
                       void *context, cmongo_error *error);

/// Room for any decimal number as text, with the zero byte.
enum { CMONGO_DECIMAL_TEXT = 43 };

/// Writes a decimal number (IEEE 754 decimal128) as text with all its digits, also zeros at the end.
/// - Parameter bytes: 16, as they stand in a document.
/// - Parameter text: room for CMONGO_DECIMAL_TEXT bytes.
/// - Returns: false, with nothing written, for infinities and what is no number.
bool cmongo_write_decimal(const uint8_t *bytes, char *text);

#endif
