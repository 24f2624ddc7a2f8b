/* The server's own limit over Bolt: replays requests encoded beforehand and only
 * walks the chunk headers of the answers. Nothing is decoded, no object is made,
 * so what this reaches is what the server and the loopback allow.
 *
 *   bolt_limit HOST PORT DATABASE [-p SERVER_PID] MODE ...
 *
 *   latency N              one connection, RUN+PULL of `RETURN $x AS x`, one at a time
 *   fresh N                a new connection each: connect, handshake, HELLO+LOGON, RUN+PULL, GOODBYE
 *   transaction N          the same with BEGIN before and COMMIT behind it: two round trips
 *   throughput C SEC [D]   C connections, each with D (default 1) requests in flight
 *   stream N               one result: UNWIND range(1,N) AS i RETURN i, toString(i), i*0.5
 *   nodes                  one result: MATCH (n:BenchNode) RETURN n
 *   write N BATCH          N nodes with UNWIND $rows in batches of BATCH, then deletes them
 *   fill N                 makes the N nodes that `nodes` reads, unless there are so many
 *
 * Who logs in is in BOLT_USER and BOLT_PASSWORD. One line of JSON per call. Plain TCP only; Bolt 5.1 to 5.4.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) { fprintf(stderr, "bolt_limit: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : ""); exit(1); }
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static double own_cpu(void) {
    struct rusage r; getrusage(RUSAGE_SELF, &r);
    return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
}
static int server_pid;
static double server_cpu(void) {
    char p[64], b[1024]; unsigned long u = 0, s = 0;
    if (!server_pid) return 0;
    snprintf(p, sizeof p, "/proc/%d/stat", server_pid);
    FILE *f = fopen(p, "r"); if (!f) return 0;
    size_t n = fread(b, 1, sizeof b - 1, f); fclose(f); b[n] = 0;
    char *q = strrchr(b, ')');
    if (!q || sscanf(q + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &s) != 2) return 0;
    return (double)(u + s) / sysconf(_SC_CLK_TCK);
}

/* ---- requests: PackStream into a growing buffer, then chunks */
typedef struct { uint8_t *p; size_t n, cap; } Buf;
static void put(Buf *b, const void *d, size_t n) {
    if (b->n + n > b->cap) { b->cap = (b->n + n) * 2; if (!(b->p = realloc(b->p, b->cap))) die("memory"); }
    memcpy(b->p + b->n, d, n); b->n += n;
}
static void byte(Buf *b, uint8_t v) { put(b, &v, 1); }
static void be(Buf *b, uint64_t v, int n) { while (n--) byte(b, v >> (8 * n)); }
static void str(Buf *b, const char *s) {
    size_t n = strlen(s);
    if (n < 16) byte(b, 0x80 | n); else if (n < 256) { byte(b, 0xD0); be(b, n, 1); } else { byte(b, 0xD1); be(b, n, 2); }
    put(b, s, n);
}
static void integer(Buf *b, int64_t v) {
    if (v >= -16 && v < 128) byte(b, (uint8_t)v);
    else if (v >= -32768 && v < 32768) { byte(b, 0xC9); be(b, (uint64_t)v, 2); }
    else if (v >= INT32_MIN && v <= INT32_MAX) { byte(b, 0xCA); be(b, (uint64_t)v, 4); }
    else { byte(b, 0xCB); be(b, (uint64_t)v, 8); }
}
static void real(Buf *b, double d) { uint64_t u; memcpy(&u, &d, 8); byte(b, 0xC1); be(b, u, 8); }
static void map(Buf *b, int n) { byte(b, 0xA0 | n); }
static void frame(Buf *out, Buf *m) {           /* one message, in chunks */
    for (size_t i = 0; i < m->n; ) {
        size_t k = m->n - i > 65535 ? 65535 : m->n - i;
        be(out, k, 2); put(out, m->p + i, k); i += k;
    }
    be(out, 0, 2); m->n = 0;
}
static const char *user, *password, *database, *host, *port;
static void msg_auth(Buf *out) {
    static Buf m;
    byte(&m, 0xB1); byte(&m, 0x01); map(&m, 2); str(&m, "user_agent"); str(&m, "bolt-limit/1");
    str(&m, "bolt_agent"); map(&m, 1); str(&m, "product"); str(&m, "bolt-limit/1"); frame(out, &m);
    byte(&m, 0xB1); byte(&m, 0x6A); map(&m, 3); str(&m, "scheme"); str(&m, "basic");
    str(&m, "principal"); str(&m, user); str(&m, "credentials"); str(&m, password); frame(out, &m);
}
static void run_head(Buf *m, const char *q) { byte(m, 0xB3); byte(m, 0x10); str(m, q); }
static void run_tail(Buf *out, Buf *m) {        /* extra map, then PULL all */
    map(m, 1); str(m, "db"); str(m, database); frame(out, m);
    byte(m, 0xB1); byte(m, 0x3F); map(m, 1); str(m, "n"); integer(m, -1); frame(out, m);
}
static void msg_one(Buf *out, int64_t x) {
    static Buf m;
    run_head(&m, "RETURN $x AS x"); map(&m, 1); str(&m, "x"); integer(&m, x); run_tail(out, &m);
}

/* ---- answers: a reader that walks chunk headers */
typedef struct { int fd; uint8_t *b; size_t at, end; int fresh, tag; uint32_t left; long rows; uint64_t bytes; } Conn;
#define WINDOW (1 << 18)
/* takes what is buffered; returns how many answers (SUCCESS) ended in it */
static int walk(Conn *c) {
    int ended = 0;
    while (c->at < c->end) {
        if (c->left) {
            if (c->fresh) {                      /* first bytes of a message: marker, tag */
                if (c->end - c->at < 2) break;
                c->tag = c->b[c->at + 1]; c->fresh = 0;
            }
            size_t k = c->end - c->at < c->left ? c->end - c->at : c->left;
            c->at += k; c->left -= k; continue;
        }
        if (c->end - c->at < 2) break;
        c->left = c->b[c->at] << 8 | c->b[c->at + 1]; c->at += 2;
        if (!c->left && !c->fresh) {
            c->fresh = 1;
            if (c->tag == 0x71) c->rows++;
            else if (c->tag == 0x70) ended++;
            else { fwrite(c->b, 1, c->end, stderr); errno = 0; die("the server answered FAILURE or IGNORED"); }
        }
    }
    return ended;
}
static int fill(Conn *c) {
    if (c->at) { memmove(c->b, c->b + c->at, c->end - c->at); c->end -= c->at; c->at = 0; }
    ssize_t n = recv(c->fd, c->b + c->end, WINDOW - c->end, 0);
    if (n == 0) { errno = 0; die("the server closed the connection"); }
    if (n < 0) { if (errno == EAGAIN) return 0; die("recv"); }
    c->end += n; c->bytes += n; return 1;
}
static void await(Conn *c, int answers) { while ((answers -= walk(c)) > 0) fill(c); }
static void send_all(int fd, const void *p, size_t n) {
    for (const char *q = p; n; ) { ssize_t k = send(fd, q, n, MSG_NOSIGNAL); if (k < 0) die("send"); q += k; n -= k; }
}
static struct addrinfo *addr;
static void tcp_connect(Conn *c) {
    int one = 1;
    if ((c->fd = socket(addr->ai_family, SOCK_STREAM, 0)) < 0 || connect(c->fd, addr->ai_addr, addr->ai_addrlen)) die("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->at = c->end = 0; c->left = 0; c->fresh = 1;
    if (!c->b && !(c->b = malloc(WINDOW))) die("memory");
}
static void handshake(Conn *c) {
    static const uint8_t hs[] = { 0x60, 0x60, 0xB0, 0x17, 0, 3, 4, 5, 0,0,0,0, 0,0,0,0, 0,0,0,0 };
    uint8_t v[4];
    send_all(c->fd, hs, sizeof hs);
    for (size_t n = 0; n < 4; ) { ssize_t k = recv(c->fd, v + n, 4 - n, 0); if (k <= 0) die("handshake"); n += k; }
    if (v[3] != 5) { errno = 0; die("the server speaks no Bolt 5.1 to 5.4"); }
}
static void open_conn(Conn *c) {
    Buf b = {0};
    tcp_connect(c); handshake(c); msg_auth(&b); send_all(c->fd, b.p, b.n); await(c, 2); free(b.p);
}

static int cmp(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }
static void report(const char *mode, const char *more, double ops, double wall, double cpu, double srv, double *lat, long n) {
    printf("{\"mode\": \"%s\", %s\"per_s\": %.1f, \"wall_s\": %.4f, \"client_cpu_us\": %.3f, \"server_cpu_us\": %.3f",
           mode, more, ops / wall, wall, cpu / ops * 1e6, srv / ops * 1e6);
    if (lat) {
        qsort(lat, n, sizeof *lat, cmp);
        double s = 0; for (long i = 0; i < n; i++) s += lat[i];
        printf(", \"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, \"mean_us\": %.1f",
               lat[n / 2] * 1e6, lat[(long)(n * 0.9)] * 1e6, lat[(long)(n * 0.99)] * 1e6, s / n * 1e6);
    }
    puts("}");
}

static void latency(long n) {
    Conn c = {0}; Buf b = {0}; double *lat = malloc(n * sizeof *lat), s = 0, p = 0, w = 0;
    open_conn(&c);
    for (long i = -500; i < n; i++) {
        if (i == 0) { w = now(); p = own_cpu(); s = server_cpu(); }
        b.n = 0; msg_one(&b, i);
        double t = now();
        send_all(c.fd, b.p, b.n); await(&c, 2);
        if (i >= 0) lat[i] = now() - t;
    }
    report("latency", "", n, now() - w, own_cpu() - p, server_cpu() - s, lat, n);
}
/* BEGIN, RUN, PULL, and when they are answered COMMIT: a query as a whole transaction */
static void transaction(long n) {
    Conn c = {0}; Buf b = {0}, e = {0}, m = {0}; double *lat = malloc(n * sizeof *lat), s = 0, p = 0, w = 0;
    open_conn(&c);
    byte(&m, 0xB0); byte(&m, 0x12); frame(&e, &m);
    for (long i = -500; i < n; i++) {
        if (i == 0) { w = now(); p = own_cpu(); s = server_cpu(); }
        b.n = 0;
        byte(&m, 0xB1); byte(&m, 0x11); map(&m, 1); str(&m, "db"); str(&m, database); frame(&b, &m);
        run_head(&m, "RETURN $x AS x"); map(&m, 1); str(&m, "x"); integer(&m, i); map(&m, 0); frame(&b, &m);
        byte(&m, 0xB1); byte(&m, 0x3F); map(&m, 1); str(&m, "n"); integer(&m, -1); frame(&b, &m);
        double t = now();
        send_all(c.fd, b.p, b.n); await(&c, 3);
        send_all(c.fd, e.p, e.n); await(&c, 1);
        if (i >= 0) lat[i] = now() - t;
    }
    report("transaction", "", n, now() - w, own_cpu() - p, server_cpu() - s, lat, n);
}
static void fresh(long n) {
    Conn c = {0}; Buf b = {0}; double *lat = malloc(n * sizeof *lat), s = server_cpu(), p = own_cpu(), w = now();
    static const uint8_t bye[] = { 0, 2, 0xB0, 0x02, 0, 0 };
    for (long i = 0; i < n; i++) {
        double t = now();
        tcp_connect(&c); handshake(&c);
        b.n = 0; msg_auth(&b); msg_one(&b, i); send_all(c.fd, b.p, b.n); await(&c, 4);
        send_all(c.fd, bye, sizeof bye); close(c.fd);
        lat[i] = now() - t;
    }
    report("fresh", "", n, now() - w, own_cpu() - p, server_cpu() - s, lat, n);
}
static void throughput(int conns, double seconds, int depth) {
    Conn *c = calloc(conns, sizeof *c); int *open = calloc(conns, sizeof *open);
    Buf b = {0}; char more[64]; struct epoll_event ev[256];
    int ep = epoll_create1(0);
    msg_one(&b, 123456);
    for (int i = 0; i < conns; i++) {
        open_conn(&c[i]);
        struct epoll_event e = { .events = EPOLLIN, .data.u32 = i };
        epoll_ctl(ep, EPOLL_CTL_ADD, c[i].fd, &e);
        for (int k = 0; k < depth; k++) send_all(c[i].fd, b.p, b.n);
        open[i] = 2;
    }
    double begin = now() + 0.5, end = 0, s = 0, p = 0, t; long done = 0;
    while ((t = now()), !end || t < end) {
        if (!end && t >= begin) { done = 0; begin = t; end = t + seconds; p = own_cpu(); s = server_cpu(); }
        int k = epoll_wait(ep, ev, 256, 100);
        for (int j = 0; j < k; j++) {
            int i = ev[j].data.u32, got;
            fill(&c[i]); got = walk(&c[i]);
            for (open[i] -= got; open[i] <= 0; open[i] += 2) { done++; send_all(c[i].fd, b.p, b.n); }
        }
    }
    snprintf(more, sizeof more, "\"connections\": %d, \"in_flight\": %d, ", conns, depth);
    report("throughput", more, done, t - begin, own_cpu() - p, server_cpu() - s, NULL, 0);
}
static void stream(const char *mode, const char *q, long n) {
    Conn c = {0}; Buf b = {0}, m = {0}; char more[160];
    open_conn(&c);
    run_head(&m, q); if (n > 0) { map(&m, 1); str(&m, "n"); integer(&m, n); } else map(&m, 0);
    run_tail(&b, &m);
    uint64_t before = c.bytes; c.rows = 0;
    double s = server_cpu(), p = own_cpu(), w = now();
    send_all(c.fd, b.p, b.n); await(&c, 2);
    double wall = now() - w;
    snprintf(more, sizeof more, "\"rows\": %ld, \"bytes\": %llu, \"MB_per_s\": %.2f, ", c.rows,
             (unsigned long long)(c.bytes - before), (c.bytes - before) / wall / 1e6);
    report(mode, more, c.rows ? c.rows : 1, wall, own_cpu() - p, server_cpu() - s, NULL, 0);
}
static long number(Conn *c, const char *q) {    /* the answer to a query for one count of up to 32 bits */
    Buf b = {0}, m = {0}; run_head(&m, q); map(&m, 0); run_tail(&b, &m);
    send_all(c->fd, b.p, b.n); await(c, 2); free(b.p); free(m.p);
    for (size_t i = 0; i + 7 < c->end; i++)      /* RECORD of a list of one */
        if (c->b[i] == 0xB1 && c->b[i + 1] == 0x71 && c->b[i + 2] == 0x91) {
            const uint8_t *v = c->b + i + 3;
            if (*v < 0x80) return *v;
            if (*v == 0xC9) return v[1] << 8 | v[2];
            if (*v == 0xCA) return (long)v[1] << 24 | v[2] << 16 | v[3] << 8 | v[4];
        }
    return 0;
}
static void batch_of(Buf *out, const char *label, long begin, long end) {
    Buf m = {0}; char text[160];
    snprintf(text, sizeof text, "UNWIND $rows AS r CREATE (:%s {id: r.id, name: r.name, score: r.score, flag: r.flag})", label);
    run_head(&m, text);
    map(&m, 1); str(&m, "rows"); byte(&m, 0xD6); be(&m, end - begin, 4);
    for (long i = begin; i < end; i++) {
        snprintf(text, sizeof text, "name-%08ld", i);
        map(&m, 4); str(&m, "id"); integer(&m, i); str(&m, "name"); str(&m, text);
        str(&m, "score"); real(&m, i * 0.25); str(&m, "flag"); byte(&m, i % 2 ? 0xC2 : 0xC3);
    }
    run_tail(out, &m); free(m.p);
}
static void create(const char *mode, const char *label, const char *wipe, int stays, long n, long batch) {
    Conn c = {0}; char more[64]; long k = (n + batch - 1) / batch;
    Buf *b = calloc(k, sizeof *b);
    for (long j = 0; j < k; j++) batch_of(&b[j], label, j * batch, (j + 1) * batch < n ? (j + 1) * batch : n);
    open_conn(&c); number(&c, wipe);
    double s = server_cpu(), p = own_cpu(), w = now();
    for (long j = 0; j < k; j++) { send_all(c.fd, b[j].p, b[j].n); await(&c, 2); }
    double wall = now() - w; p = own_cpu() - p; s = server_cpu() - s;
    if (!stays) number(&c, wipe);
    snprintf(more, sizeof more, "\"batch\": %ld, ", batch);
    report(mode, more, n, wall, p, s, NULL, 0);
}
static void fill_nodes(long n) {
    Conn c = {0};
    open_conn(&c);
    if (number(&c, "MATCH (n:BenchNode) RETURN count(n) AS c") == n) return;
    close(c.fd);
    create("fill", "BenchNode", "MATCH (n:BenchNode) DELETE n", 1, n, 5000);
}

int main(int argc, char **argv) {
    if (argc < 5) { fprintf(stderr, "usage: bolt_limit HOST PORT DATABASE [-p PID] MODE ...\n"); return 2; }
    host = argv[1]; port = argv[2]; database = argv[3]; user = getenv("BOLT_USER"); password = getenv("BOLT_PASSWORD");
    if (!user || !password) { errno = 0; die("BOLT_USER and BOLT_PASSWORD are not set"); }
    int a = 4;
    if (!strcmp(argv[a], "-p") && argc > a + 2) { server_pid = atoi(argv[a + 1]); a += 2; }
    struct addrinfo hint = { .ai_socktype = SOCK_STREAM };
    if (getaddrinfo(host, port, &hint, &addr)) { errno = 0; die("no such host"); }
    const char *mode = argv[a], *x = argc > a + 1 ? argv[a + 1] : "", *y = argc > a + 2 ? argv[a + 2] : "", *z = argc > a + 3 ? argv[a + 3] : "1";
    if (!strcmp(mode, "latency")) latency(*x ? atol(x) : 2000);
    else if (!strcmp(mode, "transaction")) transaction(*x ? atol(x) : 2000);
    else if (!strcmp(mode, "fresh")) fresh(*x ? atol(x) : 200);
    else if (!strcmp(mode, "throughput")) throughput(*x ? atoi(x) : 1, *y ? atof(y) : 3, atoi(z) > 0 ? atoi(z) : 1);
    else if (!strcmp(mode, "stream")) stream(mode, "UNWIND range(1, $n) AS i RETURN i, toString(i) AS s, i * 0.5 AS f", *x ? atol(x) : 1000000);
    else if (!strcmp(mode, "nodes")) stream(mode, "MATCH (n:BenchNode) RETURN n", 0);
    else if (!strcmp(mode, "write")) create(mode, "BenchWrite", "MATCH (n:BenchWrite) DELETE n", 0, *x ? atol(x) : 100000, *y ? atol(y) : 1000);
    else if (!strcmp(mode, "fill")) fill_nodes(*x ? atol(x) : 100000);
    else { fprintf(stderr, "bolt_limit: no mode %s\n", mode); return 2; }
    return 0;
}
