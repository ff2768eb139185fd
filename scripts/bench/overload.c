// Sends requests at a fixed rate regardless of the answers (an open loop), like many independent clients,
// and prints the results. Each arrival uses a free connection, or waits for the first one that becomes free.
// Latencies count from the time a request is sent.
//
// Usage: overload PORT PATH BODY RATE SECONDS CONNECTIONS [WARM-UP SECONDS]
// RATE 0: every connection sends the next request as soon as it has its answer.
// Prints: answered/s, p50, p99 and maximum of their latencies in ms, refused/s (503), p99 of these,
// failed (anything else), unsent (arrivals that found no connection until the end)
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 16384 };

struct connection {
    int socket;
    int is_busy;
    double sent;
    size_t length;
    char buffer[BUFFER];
};

struct samples {
    double *values;
    size_t count, capacity;
};

static struct samples answered, refused;
static long failed;
static char request[BUFFER];
static size_t request_length;
static double measured_from;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void add(struct samples *samples, double value) {
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity * 2 + 1024;
        samples->values = realloc(samples->values, samples->capacity * sizeof(double));
        if (!samples->values) fail("realloc");
    }
    samples->values[samples->count++] = value;
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double quantile(struct samples *samples, double part) {
    if (samples->count == 0) return 0;
    return samples->values[(size_t)((double)(samples->count - 1) * part)] * 1000;
}

static int open_socket(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1, file = socket(AF_INET, SOCK_STREAM, 0);
    if (file < 0 || connect(file, (struct sockaddr *)&address, sizeof address)) fail("connect");
    setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return file;
}

static void send_request(struct connection *connection) {
    connection->is_busy = 1;
    connection->sent = now();
    connection->length = 0;
    if (send(connection->socket, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length)
        fail("send");
}

// Whether a whole answer has arrived; it is then counted.
static int receive(struct connection *connection) {
    ssize_t count = recv(connection->socket, connection->buffer + connection->length,
                         BUFFER - 1 - connection->length, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return 0;
    if (count <= 0) {
        fprintf(stderr, "a connection was closed\n");
        exit(1);
    }
    connection->length += (size_t)count;
    connection->buffer[connection->length] = 0;
    char *body = strstr(connection->buffer, "\r\n\r\n");
    if (!body) return 0;
    char *length = strcasestr(connection->buffer, "content-length:");
    size_t expected = length && length < body ? (size_t)atol(length + 15) : 0;
    if (connection->length < (size_t)(body + 4 - connection->buffer) + expected) return 0;
    int status = atoi(connection->buffer + 9);
    double time = now();
    if (connection->sent >= measured_from) {
        if (status == 503) add(&refused, time - connection->sent);
        else if (status == 200 || status == 204) add(&answered, time - connection->sent);
        else failed++;
    }
    connection->is_busy = 0;
    return 1;
}

int main(int count, char **arguments) {
    if (count < 7) {
        fprintf(stderr, "usage: overload PORT PATH BODY RATE SECONDS CONNECTIONS [WARM-UP]\n");
        return 2;
    }
    int port = atoi(arguments[1]), size = atoi(arguments[6]);
    double rate = atof(arguments[4]), seconds = atof(arguments[5]);
    double warm_up = count > 7 ? atof(arguments[7]) : 2;
    request_length = (size_t)snprintf(
        request, BUFFER,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
        arguments[2], strlen(arguments[3]), arguments[3]);

    struct connection *connections = calloc((size_t)size, sizeof *connections);
    int *idle = calloc((size_t)size, sizeof *idle), idle_count = 0;
    int poll = epoll_create1(0);
    for (int i = 0; i < size; i++) {
        connections[i].socket = open_socket(port);
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (unsigned)i};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, connections[i].socket, &event)) fail("epoll_ctl");
        idle[idle_count++] = i;
    }

    double start = now(), end = start + warm_up + seconds;
    measured_from = start + warm_up;
    long sent = 0;
    struct epoll_event events[256];
    for (;;) {
        double time = now();
        if (time >= end) break;
        while (idle_count > 0) {
            if (rate > 0 && start + (double)sent / rate > time) break;
            sent++;
            send_request(&connections[idle[--idle_count]]);
        }
        int ready = epoll_wait(poll, events, 256, 1);
        for (int i = 0; i < ready; i++) {
            int index = (int)events[i].data.u32;
            if (connections[index].is_busy && receive(&connections[index])) idle[idle_count++] = index;
        }
    }
    double unsent = rate > 0 ? (end - start) * rate - (double)sent : 0;
    qsort(answered.values, answered.count, sizeof(double), compare);
    qsort(refused.values, refused.count, sizeof(double), compare);
    printf("%.0f %.1f %.1f %.1f %.0f %.1f %ld %.0f\n", (double)answered.count / seconds,
           quantile(&answered, 0.5), quantile(&answered, 0.99), quantile(&answered, 1),
           (double)refused.count / seconds, quantile(&refused, 0.99), failed, unsent > 0 ? unsent : 0);
    return 0;
}
