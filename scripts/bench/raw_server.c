/* raw_server.c - the yardstick: the least that a C program does to serve raw frames over TCP.
 *
 *   raw_server WIDTH HEIGHT [--fps N [--stamp]]
 *
 * One thread per client. Without --fps each client is sent one frame from memory, flat out. With
 * --fps N a ticker makes a new frame N times a second and each client gets the newest; --stamp puts
 * the time (u64, ns since the Unix epoch) and the number (u32), little endian, into its first 12
 * bytes. Listens on 127.0.0.1, on a free port that it names on stderr, until it is killed.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { STAMP = 12 };
static unsigned char *frame;
static size_t frame_bytes;
static double fps;
static int stamp;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t made = PTHREAD_COND_INITIALIZER;
static struct { uint64_t ns; uint32_t sequence; } newest; /* under lock; sequence 0: none yet */
static int send_all(int fd, const unsigned char *bytes, size_t n, int flags) {
    while (n) {
        ssize_t sent = send(fd, bytes, n, flags);
        if (sent <= 0) return -1;
        bytes += sent, n -= sent;
    }
    return 0;
}

static int send_newest(int fd, uint32_t *seen) {
    unsigned char head[STAMP];
    pthread_mutex_lock(&lock);
    while (newest.sequence == *seen) pthread_cond_wait(&made, &lock);
    *seen = newest.sequence;
    memcpy(head, &newest.ns, 8);
    memcpy(head + 8, &newest.sequence, 4);
    pthread_mutex_unlock(&lock);
    if (!stamp) return send_all(fd, frame, frame_bytes, 0);
    return send_all(fd, head, STAMP, MSG_MORE) || send_all(fd, frame + STAMP, frame_bytes - STAMP, 0);
}

static void *serve(void *arg) {
    int fd = (int)(intptr_t)arg;
    uint32_t seen = 0;
    while (!(fps ? send_newest(fd, &seen) : send_all(fd, frame, frame_bytes, 0))) {}
    close(fd);
    return NULL;
}

static void *tick(void *arg) {
    struct timespec due, t;
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (;;) {
        due.tv_nsec += (long)(1e9 / fps);
        if (due.tv_nsec >= 1000000000) due.tv_nsec -= 1000000000, due.tv_sec++;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
        clock_gettime(CLOCK_REALTIME, &t);
        pthread_mutex_lock(&lock);
        newest.ns = t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
        newest.sequence++;
        pthread_cond_broadcast(&made);
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

int main(int argc, char **argv) {
    if (argc < 3) return fprintf(stderr, "usage: raw_server WIDTH HEIGHT [--fps N [--stamp]]\n"), 2;
    frame_bytes = (size_t)atoi(argv[1]) * atoi(argv[2]);
    for (int i = 3; i < argc; i++) {
        if (!strcmp(argv[i], "--stamp")) stamp = 1;
        if (!strcmp(argv[i], "--fps") && i + 1 < argc) fps = atof(argv[++i]);
    }
    if (frame_bytes < STAMP || !(frame = malloc(frame_bytes))) return 2;
    memset(frame, 128, frame_bytes);
    signal(SIGPIPE, SIG_IGN);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t length = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    if (bind(listener, (void *)&at, length) || listen(listener, 256)) return perror("listen"), 1;
    getsockname(listener, (void *)&at, &length);
    fprintf(stderr, "listens: 127.0.0.1 port %d\n", ntohs(at.sin_port));
    pthread_t thread;
    if (fps) pthread_create(&thread, NULL, tick, NULL);
    for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (!pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd)) pthread_detach(thread);
    }
    return 1;
}
