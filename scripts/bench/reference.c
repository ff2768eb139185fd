// A plain loop of commands to MongoDB, for comparison: the operations of the service, one command each,
// from several threads over libmongoc, on a collection that the service has prepared.
//
// Usage: reference URI DATABASE OPERATION THREADS SECONDS
// OPERATION: add, claim (jobs of type "reference"), extend, complete (jobs of type "held"), cycle (add,
// claim, complete), drain (claim, complete; jobs of type "mail"; counts jobs)
#include <mongoc/mongoc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *claim_json =
    "{\"findAndModify\":\"jobs\",\"query\":{\"type\":\"%s\",\"available_at\":{\"$exists\":true},"
    "\"$expr\":{\"$lte\":[\"$available_at\",\"$$NOW\"]}},"
    "\"sort\":{\"priority\":-1,\"available_at\":1,\"_id\":1},\"new\":true,\"update\":[{\"$set\":{"
    "\"started\":\"$$NOW\",\"locked_until\":{\"$add\":[\"$$NOW\",60000]},"
    "\"available_at\":{\"$add\":[\"$$NOW\",60000]},\"retries\":{\"$add\":[\"$retries\",1]},"
    "\"lock_token\":\"0123456789abcdef0123456789abcdef\"}}]}";
static const char *extend_json =
    "[{\"$set\":{\"locked_until\":{\"$add\":[\"$$NOW\",60000]},"
    "\"available_at\":{\"$add\":[\"$$NOW\",60000]}}}]";
static const char *complete_json =
    "[{\"$set\":{\"completed\":\"$$NOW\",\"started\":null,\"locked_until\":null,"
    "\"available_at\":\"$$REMOVE\",\"leased\":\"$$REMOVE\"}}]";

static mongoc_client_pool_t *pool;
static const char *database, *operation;
static double seconds;
static atomic_long operations, next_id;
static char (*ids)[33];
static long id_count;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static bson_t *parsed(const char *json) {
    bson_error_t error;
    bson_t *bson = bson_new_from_json((const uint8_t *)json, -1, &error);
    if (!bson) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return bson;
}

static void run(mongoc_client_t *client, const bson_t *command, char *id) {
    bson_t reply;
    bson_error_t error;
    bson_iter_t iter, value;
    if (!mongoc_client_write_command_with_opts(client, database, command, NULL, &reply, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    if (id) {
        id[0] = 0;
        if (bson_iter_init(&iter, &reply) && bson_iter_find_descendant(&iter, "value._id", &value))
            snprintf(id, 33, "%s", bson_iter_utf8(&value, NULL));
    }
    bson_destroy(&reply);
}

static void change(mongoc_client_t *client, const char *id, const bson_t *update) {
    bson_t command = BSON_INITIALIZER, query;
    BSON_APPEND_UTF8(&command, "findAndModify", "jobs");
    BSON_APPEND_DOCUMENT_BEGIN(&command, "query", &query);
    BSON_APPEND_UTF8(&query, "_id", id);
    bson_append_document_end(&command, &query);
    BSON_APPEND_ARRAY(&command, "update", update);
    BSON_APPEND_BOOL(&command, "new", true);
    run(client, &command, NULL);
    bson_destroy(&command);
}

static void add(mongoc_client_t *client, const char *type) {
    struct timespec time;
    char id[33];
    clock_gettime(CLOCK_REALTIME, &time);
    int64_t milliseconds = time.tv_sec * 1000 + time.tv_nsec / 1000000;
    snprintf(id, sizeof id, "%012llx%020lx", (unsigned long long)milliseconds,
             atomic_fetch_add(&next_id, 1));
    bson_t document = BSON_INITIALIZER, params;
    bson_error_t error;
    BSON_APPEND_UTF8(&document, "_id", id);
    BSON_APPEND_UTF8(&document, "type", type);
    BSON_APPEND_UTF8(&document, "ref_id", "1");
    BSON_APPEND_DOCUMENT_BEGIN(&document, "params", &params);
    BSON_APPEND_UTF8(&params, "a", "xxxxxxxx");
    bson_append_document_end(&document, &params);
    BSON_APPEND_DATE_TIME(&document, "created", milliseconds);
    BSON_APPEND_NULL(&document, "started");
    BSON_APPEND_NULL(&document, "locked_until");
    BSON_APPEND_DATE_TIME(&document, "execute_until", milliseconds + 3600000);
    BSON_APPEND_NULL(&document, "completed");
    BSON_APPEND_INT32(&document, "retries", 0);
    BSON_APPEND_INT32(&document, "priority", 0);
    BSON_APPEND_DATE_TIME(&document, "available_at", milliseconds);
    mongoc_collection_t *jobs = mongoc_client_get_collection(client, database, "jobs");
    if (!mongoc_collection_insert_one(jobs, &document, NULL, NULL, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    mongoc_collection_destroy(jobs);
    bson_destroy(&document);
}

// The jobs to extend or complete.
static void read_ids(void) {
    mongoc_client_t *client = mongoc_client_pool_pop(pool);
    mongoc_collection_t *jobs = mongoc_client_get_collection(client, database, "jobs");
    bson_t *filter = parsed("{\"type\":\"held\",\"completed\":null}"), *only = parsed("{\"projection\":{\"_id\":1}}");
    mongoc_cursor_t *cursor = mongoc_collection_find_with_opts(jobs, filter, only, NULL);
    const bson_t *document;
    bson_iter_t iter;
    while (mongoc_cursor_next(cursor, &document)) {
        if (id_count % 4096 == 0) ids = realloc(ids, (size_t)(id_count + 4096) * sizeof *ids);
        if (bson_iter_init_find(&iter, document, "_id"))
            snprintf(ids[id_count++], 33, "%s", bson_iter_utf8(&iter, NULL));
    }
    mongoc_cursor_destroy(cursor);
    bson_destroy(filter);
    bson_destroy(only);
    mongoc_collection_destroy(jobs);
    mongoc_client_pool_push(pool, client);
}

static void *work(void *argument) {
    char type[32], json[2048], id[33];
    snprintf(type, sizeof type, "cycle%ld", (long)argument);
    bool drains = !strcmp(operation, "drain");
    snprintf(json, sizeof json, claim_json,
             !strcmp(operation, "cycle") ? type : drains ? "mail" : "reference");
    bson_t *claim = parsed(json), *extend = parsed(extend_json), *complete = parsed(complete_json);
    mongoc_client_t *client = mongoc_client_pool_pop(pool);
    double end = now() + seconds;
    while (now() < end) {
        if (!strcmp(operation, "add")) {
            add(client, "added");
        } else if (!strcmp(operation, "claim")) {
            run(client, claim, id);
            if (!id[0]) break;
        } else if (drains) {
            run(client, claim, id);
            if (!id[0]) break;
            change(client, id, complete);
        } else if (!strcmp(operation, "cycle")) {
            add(client, type);
            run(client, claim, id);
            change(client, id, complete);
            atomic_fetch_add(&operations, 2);
        } else {
            long index = atomic_fetch_add(&next_id, 1);
            bool extends = !strcmp(operation, "extend");
            if (!extends && index >= id_count) break;
            change(client, ids[index % id_count], extends ? extend : complete);
        }
        atomic_fetch_add(&operations, 1);
    }
    mongoc_client_pool_push(pool, client);
    bson_destroy(claim);
    bson_destroy(extend);
    bson_destroy(complete);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 6) return 2;
    long threads = atol(arguments[4]);
    pthread_t workers[256];
    if (threads < 1 || threads > 256) return 2;
    mongoc_init();
    mongoc_uri_t *uri = mongoc_uri_new(arguments[1]);
    database = arguments[2];
    operation = arguments[3];
    seconds = atof(arguments[5]);
    pool = mongoc_client_pool_new(uri);
    mongoc_client_pool_max_size(pool, (uint32_t)threads);
    if (!strcmp(operation, "extend") || !strcmp(operation, "complete")) {
        read_ids();
        if (!id_count) return 3;
    }
    double start = now();
    for (long i = 0; i < threads; i++) pthread_create(&workers[i], NULL, work, (void *)i);
    for (long i = 0; i < threads; i++) pthread_join(workers[i], NULL);
    printf("%.0f\n", (double)operations / (now() - start));
    mongoc_client_pool_destroy(pool);
    mongoc_uri_destroy(uri);
    mongoc_cleanup();
    free(ids);
    return 0;
}
