// Goes through every way out of CMongo, against the MongoDB of MONGO_SERVICE_URI. `scripts/check/cmongo`
// runs it, alone and under valgrind. libbson is used here to write commands and to read replies.

#include "CMongo.h"

#include <bson/bson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int failures, checks, log_messages;

static void
check(bool holds, const char *claim, int line)
{
    checks++;
    if (holds) return;
    failures++;
    printf("line %d: it does not hold that %s\n", line, claim);
}
#define CHECK(holds, claim) check(holds, claim, __LINE__)

static void
on_log(int level, const char *domain, const char *message)
{
    (void)level;
    log_messages += domain && message;
}

// What callbacks saw, in order.
typedef struct {
    int replies;
    int stop_after;
    bson_t *last;
    char order[64];
} seen;

static bool
on_reply(void *context, const uint8_t *bytes, size_t length)
{
    seen *to = context;
    to->replies++;
    strcat(to->order, "r");
    if (to->last) bson_destroy(to->last);
    to->last = bson_new_from_data(bytes, length);
    return to->replies != to->stop_after;
}

static int64_t
number_at(const seen *from, const char *path)
{
    bson_iter_t at, found;
    if (!from->last || !bson_iter_init(&at, from->last) ||
        !bson_iter_find_descendant(&at, path, &found))
        return -1;
    return bson_iter_as_int64(&found);
}

static void
forget(seen *what)
{
    if (what->last) bson_destroy(what->last);
    *what = (seen){0};
}

static bool
run(cmongo_client *client, cmongo_kind kind, const char *json, seen *replies, cmongo_error *error)
{
    bson_t *command = bson_new_from_json((const uint8_t *)json, -1, NULL);
    forget(replies);
    bool done = cmongo_run(client, kind, "cmongo_test", bson_get_data(command), command->len,
                           on_reply, replies, error);
    strcat(replies->order, "e");
    bson_destroy(command);
    return done;
}

static void
bad_uris(void)
{
    const char *uris[] = {"", "nonsense", "http://127.0.0.1/", "mongodb://", "mongodb://user:%zz@h/",
                          "mongodb://h:99999/", "mongodb://127.0.0.1/?w=0"};
    for (size_t i = 0; i < sizeof uris / sizeof *uris; i++) {
        cmongo_error error = {0};
        CHECK(!cmongo_open(uris[i], 1, &error), "a bad URI opens nothing");
        CHECK(error.failure == CMONGO_BAD_URI && error.message[0], "a bad URI is told as such");
    }
}

static void
bad_bytes(cmongo_client *client)
{
    static const uint8_t cut[] = {12, 0, 0, 0, 16, 'a', 0, 1},
                         open[] = {12, 0, 0, 0, 16, 'a', 0, 1, 0, 0, 0, 1},
                         wrong_type[] = {12, 0, 0, 0, 99, 'a', 0, 1, 0, 0, 0, 0},
                         wrong_length[] = {15, 0, 0, 0, 2, 'a', 0, 99, 0, 0, 0, 'x', 0, 0, 0},
                         inner[] = {18, 0, 0, 0, 3, 'a', 0, 10, 0, 0, 0, 16, 0, 1, 0, 0, 0, 0};
    struct { const uint8_t *bytes; size_t length; } documents[] = {
        {cut, 0}, {cut, 4}, {cut, sizeof cut}, {open, sizeof open}, {wrong_type, sizeof wrong_type},
        {wrong_length, sizeof wrong_length}, {inner, sizeof inner}};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        seen replies = {0};
        cmongo_error error = {0};
        CHECK(!cmongo_run(client, CMONGO_PLAIN, "test", documents[i].bytes, documents[i].length,
                          on_reply, &replies, &error), "bytes that are no BSON are not run");
        CHECK(error.failure == CMONGO_BAD_BSON && !error.may_have_run, "they are told as such");
        CHECK(!cmongo_run_cursor(client, "test", documents[i].bytes, documents[i].length, 0, NULL, NULL,
                                 on_reply, &replies, &error), "nor do they open cursors");
        CHECK(replies.replies == 0, "and there is no reply");
    }
}

static void
decimals(void)
{
    struct { uint64_t low, high; const char *text; } numbers[] = {
        {15, 0x303e000000000000, "1.5"},
        {0x378d8e63ffffffff, 0xdfffed09bead87c0, "-9.999999999999999999999999999999999E+6144"},
        // Beyond the maximum, in the usual form and in the other one.
        {0x378d8e6400000000, 0xdfffed09bead87c0, "-0E+6111"},
        {~UINT64_C(0), 0xb041ffffffffffff, "-0"}, {~UINT64_C(0), 0xec10000000000000, "-0"},
        {0, 0x7c00000000000000, NULL}, {0, 0xf800000000000000, NULL}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint8_t bytes[16];
        char text[CMONGO_DECIMAL_TEXT];
        for (int k = 0; k < 16; k++)
            bytes[k] = (uint8_t)((k < 8 ? numbers[i].low : numbers[i].high) >> k % 8 * 8);
        bool is_number = cmongo_write_decimal(bytes, text);
        CHECK(is_number == (numbers[i].text != NULL), "infinities and NaN are no numbers");
        CHECK(!is_number || strcmp(text, numbers[i].text) == 0, "a decimal has all its digits");
    }
}

static void
unreachable(void)
{
    cmongo_error error = {0};
    seen replies = {0};
    cmongo_client *client = cmongo_open(
        "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300&connectTimeoutMS=200", 1, &error);
    time_t start = time(NULL);
    for (int kind = CMONGO_PLAIN; kind <= CMONGO_WRITE_ONCE; kind++) {
        CHECK(!run(client, kind, "{\"ping\": 1}", &replies, &error), "no server, no success");
        CHECK(error.failure == CMONGO_UNREACHABLE && !error.may_have_run && error.message[0],
              "it is told that no server was there, and nothing was done");
        CHECK(replies.replies == 0, "there is no reply");
    }
    static const uint8_t empty[] = {5, 0, 0, 0, 0};
    CHECK(!cmongo_run_cursor(client, "test", empty, sizeof empty, 0, NULL, NULL, on_reply, &replies, &error) &&
          error.failure == CMONGO_UNREACHABLE, "nor is there a cursor");
    CHECK(time(NULL) - start < 20, "the waiting is bounded");
    forget(&replies);
    cmongo_close(client);
}

static void
wrong_password(const char *uri)
{
    char with_password[1024];
    cmongo_error error = {0};
    seen replies = {0};
    snprintf(with_password, sizeof with_password, "mongodb://nobody:wrong@%s", uri + 10);
    cmongo_client *client = cmongo_open(with_password, 1, &error);
    CHECK(!run(client, CMONGO_WRITE_ONCE, "{\"ping\": 1}", &replies, &error) &&
          error.failure == CMONGO_NOT_AUTHENTICATED && !error.may_have_run,
          "a wrong password is told as such");
    forget(&replies);
    cmongo_close(client);
}

static void
commands(cmongo_client *client)
{
    seen replies = {0};
    cmongo_error error = {0};
    CHECK(run(client, CMONGO_PLAIN, "{\"ping\": 1}", &replies, &error), "a ping succeeds");
    CHECK(strcmp(replies.order, "re") == 0, "the reply comes once, before the return");
    CHECK(run(client, CMONGO_WRITE, "{\"drop\": \"a\"}", &replies, &error) || error.code == 26,
          "a collection can be dropped");
    CHECK(run(client, CMONGO_WRITE_ONCE, "{\"insert\": \"a\", \"documents\": [{\"_id\": 1}]}",
              &replies, &error) && number_at(&replies, "n") == 1, "an insert succeeds");
    CHECK(run(client, CMONGO_READ, "{\"find\": \"a\"}", &replies, &error) &&
          number_at(&replies, "cursor.firstBatch.0._id") == 1, "a find finds");
    CHECK(run(client, CMONGO_WRITE_ONCE, "{\"insert\": \"a\", \"documents\": [{\"_id\": 1}]}",
              &replies, &error) && number_at(&replies, "writeErrors.0.code") == 11000,
          "a duplicate key of an insert is in the reply of a success");
    CHECK(!run(client, CMONGO_WRITE_ONCE,
               "{\"findAndModify\": \"a\", \"query\": {\"_id\": 1, \"x\": 1}, \"upsert\": true,"
               " \"update\": {\"$set\": {\"y\": 1}}}", &replies, &error) &&
          error.failure == CMONGO_REFUSED && error.code == 11000 && !error.may_have_run,
          "a duplicate key of a findAndModify is a refusal");
    CHECK(strcmp(replies.order, "re") == 0 && number_at(&replies, "ok") == 0,
          "the reply that refuses comes before the return, too");
    CHECK(!run(client, CMONGO_PLAIN, "{\"nonsense\": 1}", &replies, &error) &&
          error.failure == CMONGO_REFUSED && error.code == 59, "an unknown command is refused");
    CHECK(!run(client, CMONGO_PLAIN, "{}", &replies, &error) && error.failure == CMONGO_OTHER,
          "an empty command is none");
    CHECK(run(client, CMONGO_WRITE_ONCE,
               "{\"update\": \"a\", \"updates\": [{\"q\": {}, \"u\": {\"$set\": {\"z\": 1}},"
               " \"multi\": true}]}", &replies, &error) &&
          number_at(&replies, "writeErrors.0.code") == 72 /* InvalidOptions */,
          "a number is sent with a write that is to be done once, which a multi-update cannot be");
    CHECK(run(client, CMONGO_WRITE,
              "{\"update\": \"a\", \"updates\": [{\"q\": {}, \"u\": {\"$set\": {\"z\": 1}},"
              " \"multi\": true}]}", &replies, &error) && number_at(&replies, "nModified") == 1,
          "and none with one that is not");
    forget(&replies);
}

static void
cursors(cmongo_client *client)
{
    seen replies = {0};
    cmongo_error error = {0};
    bson_t *find = bson_new_from_json(
        (const uint8_t *)"{\"find\": \"b\", \"batchSize\": 2, \"sort\": {\"_id\": 1}}", -1, NULL);
    run(client, CMONGO_WRITE, "{\"drop\": \"b\"}", &replies, &error);
    CHECK(run(client, CMONGO_WRITE_ONCE,
              "{\"insert\": \"b\", \"documents\": [{\"_id\": 1}, {\"_id\": 2}, {\"_id\": 3}]}",
              &replies, &error), "three documents are inserted");
    forget(&replies);
    CHECK(cmongo_run_cursor(client, "cmongo_test", bson_get_data(find), find->len, 0, NULL, NULL,
                            on_reply, &replies, &error), "a cursor is read to its end");
    CHECK(replies.replies == 2 && number_at(&replies, "cursor.nextBatch.0._id") == 3,
          "its batches come in order");
    forget(&replies);
    replies.stop_after = 1;
    CHECK(cmongo_run_cursor(client, "cmongo_test", bson_get_data(find), find->len, 0, NULL, NULL,
                            on_reply, &replies, &error) && replies.replies == 1, "a callback can stop a cursor");
    CHECK(run(client, CMONGO_PLAIN, "{\"serverStatus\": 1}", &replies, &error) &&
          number_at(&replies, "metrics.cursor.open.total") == 0, "which closes it at the server");
    bson_destroy(find);
    find = bson_new_from_json((const uint8_t *)"{\"find\": \"b\", \"filter\": {\"$no\": 1}}", -1, NULL);
    forget(&replies);
    CHECK(!cmongo_run_cursor(client, "cmongo_test", bson_get_data(find), find->len, 0, NULL, NULL,
                             on_reply, &replies, &error) && error.failure == CMONGO_REFUSED &&
          replies.replies == 1, "a refused cursor lends its reply");
    bson_destroy(find);
    forget(&replies);
}

static void *
write_many(void *context)
{
    seen replies = {0};
    cmongo_error error = {0};
    int *done = calloc(1, sizeof *done);
    for (int i = 0; i < 50; i++)
        *done += run(context, CMONGO_WRITE_ONCE,
                     i % 2 ? "{\"insert\": \"c\", \"documents\": [{\"x\": 1}]}"
                           : "{\"findAndModify\": \"c\", \"query\": {\"x\": 1}, \"remove\": true}",
                     &replies, &error) && number_at(&replies, "ok") == 1;
    if (*done < 50) printf("%s\n", error.message);
    forget(&replies);
    return done;
}

static void
concurrent_writes(cmongo_client *client)
{
    pthread_t threads[6];
    for (int i = 0; i < 6; i++) pthread_create(&threads[i], NULL, write_many, client);
    for (int i = 0; i < 6; i++) {
        int *done;
        pthread_join(threads[i], (void **)&done);
        CHECK(*done == 50, "numbers of writes rise within each session");
        free(done);
    }
}

static bool
run_within(void *context, const uint8_t *bytes, size_t length)
{
    static const uint8_t ping[] = {15, 0, 0, 0, 16, 'p', 'i', 'n', 'g', 0, 1, 0, 0, 0, 0};
    seen replies = {0};
    cmongo_error error = {0};
    (void)bytes, (void)length;
    CHECK(!cmongo_run(context, CMONGO_PLAIN, "test", ping, sizeof ping, on_reply, &replies, &error) &&
          error.failure == CMONGO_POOL_EXHAUSTED, "waiting for a connection is bounded");
    return false;
}

static void
exhausted_pool(const char *uri)
{
    static const uint8_t list[] = {26, 0, 0, 0, 16, 'l', 'i', 's', 't', 'C', 'o', 'l', 'l', 'e', 'c',
                                   't', 'i', 'o', 'n', 's', 0, 1, 0, 0, 0, 0};
    char small[1024];
    cmongo_error error = {0};
    snprintf(small, sizeof small, "%s&waitQueueTimeoutMS=200", uri);
    cmongo_client *client = cmongo_open(small, 1, &error);
    CHECK(cmongo_run_cursor(client, "test", list, sizeof list, 0, NULL, NULL, run_within, client, &error),
          "a cursor runs");
    cmongo_close(client);
}

int
main(void)
{
    const char *uri = getenv("MONGO_SERVICE_URI");
    if (!uri || strncmp(uri, "mongodb://", 10) != 0 || !strchr(uri, '?')) {
        printf("MONGO_SERVICE_URI must name a MongoDB, as `scripts/mongo with 1 ...` sets it\n");
        return 2;
    }
    cmongo_start(on_log);
    bad_uris();
    decimals();
    unreachable();
    cmongo_error error = {0};
    cmongo_client *client = cmongo_open(uri, 8, &error);
    bad_bytes(client);
    commands(client);
    cursors(client);
    concurrent_writes(client);
    cmongo_close(client);
    wrong_password(uri);
    exhausted_pool(uri);
    CHECK(log_messages > 0, "what libmongoc logs is heard");
    printf("%d passed, %d failed\n", checks - failures, failures);
    return failures > 0;
}
