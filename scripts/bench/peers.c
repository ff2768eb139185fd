// Workers of other queues, for comparison: each takes a job and says that it is done, one at a time over a
// connection of its own, until the time is over or the queue is empty. Prints jobs a second.
//
// Usage: peers beanstalkd|nats PORT WORKERS SECONDS BACKLOG
// beanstalkd: reserve, delete. nats: JetStream, a pull of one message, an acknowledgement that is answered.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    FILE *in;
    int socket;
    char line[8192];
} connection;

typedef struct {
    void (*open)(connection *);
    void (*fill)(connection *, long);
    // Whether there was a job, which is done now.
    bool (*work)(connection *);
} queue;

static const char payload[] = "{\"a\": \"xxxxxxxx\"}";
static const char inbox[] = "_INBOX.bench";
static int port;
static double end;
static long backlog;
// When the last job was done, if that was before the end.
static double emptied;
static const queue *peer;
static atomic_long done;

static void fail(const char *what) {
    fprintf(stderr, "peers: %s\n", what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void dial(connection *to) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct timeval patience = {.tv_sec = 2};
    int yes = 1;
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    to->socket = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(to->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    // An empty queue does not answer.
    setsockopt(to->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(to->socket, (struct sockaddr *)&address, sizeof address)) fail("cannot connect");
    to->in = fdopen(to->socket, "r");
    peer->open(to);
}

__attribute__((format(printf, 2, 3))) static void say(connection *to, const char *format, ...) {
    char text[8192];
    va_list values;
    va_start(values, format);
    int length = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (length >= (int)sizeof text || write(to->socket, text, (size_t)length) != length) fail("cannot write");
}

// Whether a line has come in time; without its end.
static bool hear(connection *from) {
    if (!fgets(from->line, sizeof from->line, from->in)) return false;
    from->line[strcspn(from->line, "\r\n")] = 0;
    return true;
}

static void expect(connection *from, const char *beginning) {
    if (!hear(from) || strncmp(from->line, beginning, strlen(beginning))) fail(from->line);
}

static void skip(connection *from, long bytes) {
    while (bytes-- > 0)
        if (fgetc(from->in) == EOF) fail("cut short");
}

static void beanstalk_open(connection *to) {
    say(to, "use mail\r\nwatch mail\r\nignore default\r\n");
    expect(to, "USING");
    expect(to, "WATCHING");
    expect(to, "WATCHING");
}

static void beanstalk_fill(connection *to, long count) {
    for (long i = 0; i < count; i++) {
        say(to, "put 0 0 60 %zu\r\n%s\r\n", strlen(payload), payload);
        expect(to, "INSERTED");
    }
}

static bool beanstalk_work(connection *with) {
    long id, length;
    say(with, "reserve\r\n");
    if (!hear(with)) return false;
    if (sscanf(with->line, "RESERVED %ld %ld", &id, &length) != 2) fail(with->line);
    skip(with, length + 2);
    say(with, "delete %ld\r\n", id);
    expect(with, "DELETED");
    return true;
}

// Reads the next message. `reply` has room for the subject to answer to, which may be empty; `body` may be NULL.
static bool nats_hear(connection *from, char *reply, char *body, size_t room) {
    char words[4][1024];
    do {
        if (!hear(from)) return false;
        if (!strcmp(from->line, "PING")) say(from, "PONG\r\n");
    } while (strncmp(from->line, "MSG ", 4) && strncmp(from->line, "HMSG ", 5));
    if (from->line[0] == 'H') fail(from->line);
    int count = sscanf(from->line, "MSG %1023s %1023s %1023s %1023s", words[0], words[1], words[2], words[3]);
    long length = atol(words[count - 1]);
    strcpy(reply, count == 4 ? words[2] : "");
    for (long i = 0; i < length; i++) {
        int byte = fgetc(from->in);
        if (byte == EOF) fail("cut short");
        if (body && (size_t)i + 1 < room) body[i] = (char)byte, body[i + 1] = 0;
    }
    skip(from, 2);
    return true;
}

static void nats_ask(connection *of, const char *subject, const char *text) {
    char reply[1024], body[4096] = "";
    say(of, "PUB %s %s.%d %zu\r\n%s\r\n", subject, inbox, of->socket, strlen(text), text);
    if (!nats_hear(of, reply, body, sizeof body) || strstr(body, "\"error\"")) fail(body);
}

static void nats_open(connection *to) {
    expect(to, "INFO");
    say(to, "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB %s.%d 1\r\nPING\r\n", inbox, to->socket);
    expect(to, "PONG");
}

static void nats_fill(connection *to, long count) {
    nats_ask(to, "$JS.API.STREAM.CREATE.JOBS",
             "{\"name\":\"JOBS\",\"subjects\":[\"mail\"],\"retention\":\"workqueue\",\"storage\":\"file\"}");
    nats_ask(to, "$JS.API.CONSUMER.DURABLE.CREATE.JOBS.workers",
             "{\"stream_name\":\"JOBS\",\"config\":{\"durable_name\":\"workers\",\"ack_policy\":\"explicit\","
             "\"ack_wait\":60000000000}}");
    for (long i = 0; i < count; i++) nats_ask(to, "mail", payload);
}

static bool nats_work(connection *with) {
    char reply[1024], rest[1024];
    say(with, "PUB $JS.API.CONSUMER.MSG.NEXT.JOBS.workers %s.%d 1\r\n1\r\n", inbox, with->socket);
    if (!nats_hear(with, reply, NULL, 0)) return false;
    say(with, "PUB %s %s.%d 4\r\n+ACK\r\n", reply, inbox, with->socket);
    return nats_hear(with, rest, NULL, 0);
}

static const queue beanstalkd = {beanstalk_open, beanstalk_fill, beanstalk_work};
static const queue nats = {nats_open, nats_fill, nats_work};

static void *worker(void *unused) {
    connection own;
    (void)unused;
    dial(&own);
    while (now() < end && peer->work(&own))
        if (++done == backlog) emptied = now();
    fclose(own.in);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 6) fail("usage: peers beanstalkd|nats PORT WORKERS SECONDS BACKLOG");
    peer = strcmp(arguments[1], "nats") ? &beanstalkd : &nats;
    port = atoi(arguments[2]);
    int workers = atoi(arguments[3]);
    backlog = atol(arguments[5]);
    connection filler;
    dial(&filler);
    peer->fill(&filler, backlog);
    fclose(filler.in);

    pthread_t threads[workers];
    double begin = now();
    end = begin + atof(arguments[4]);
    for (int i = 0; i < workers; i++) pthread_create(&threads[i], NULL, worker, NULL);
    for (int i = 0; i < workers; i++) pthread_join(threads[i], NULL);
    printf("%.0f\n", (double)done / ((emptied > 0 ? emptied : end) - begin));
    return 0;
}
