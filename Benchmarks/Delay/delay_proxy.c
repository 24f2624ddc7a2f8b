// A network that is farther away: takes connections on a spare loopback port and passes their bytes on, each way after
// half of the round trip. What connecting itself would have taken is added to the first bytes of a client.
//
//   delay_proxy PORT_OF_SERVER ROUND_TRIP_MICROSECONDS
//
// Prints the port it listens on; ends with its standard input.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

typedef struct Piece {
  struct Piece *next;
  int64_t due; // nanoseconds
  size_t at, size; // nothing: the end of the stream
  char data[];
} Piece;

// One direction: what has been read from `from` and is on its way to `to`.
typedef struct {
  int from, to;
  int64_t open; // nothing arrives before this, and the way
  Piece *first, **last;
  int ended, shut;
} Way;

typedef struct Link {
  struct Link *next;
  Way out, back;
} Link;

static int64_t way; // one way, nanoseconds
static Link *links;
static int loop;

static void die(const char *what) {
  fprintf(stderr, "delay_proxy: %s: %s\n", what, strerror(errno));
  exit(1);
}
static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
static struct sockaddr_in loopback(int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}
static void watch(int fd, Way *w) {
  struct epoll_event e = {.events = EPOLLIN, .data.ptr = w};
  if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl");
}
static void start(Way *w, int from, int to, int64_t open) {
  *w = (Way){.from = from, .to = to, .open = open};
  w->last = &w->first;
  watch(from, w);
}

// A client has come: its link begins to be open a round trip from now.
static void take(int listener, int server_port) {
  int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;
  if (client < 0) return;
  // Not waited for: what is sent meanwhile is tried again, and others are not kept from passing.
  int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in a = loopback(server_port);
  if (server < 0 || (connect(server, (struct sockaddr *)&a, sizeof a) && errno != EINPROGRESS)) {
    close(client);
    if (server >= 0) close(server);
    return;
  }
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  Link *l = calloc(1, sizeof *l);
  if (!l) die("calloc");
  start(&l->out, client, server, now() + 2 * way);
  start(&l->back, server, client, 0);
  l->next = links;
  links = l;
}

static void receive(Way *w) {
  static char buffer[1 << 16];
  if (w->ended) return;
  ssize_t n = recv(w->from, buffer, sizeof buffer, 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    n = 0;
    w->ended = 1;
    epoll_ctl(loop, EPOLL_CTL_DEL, w->from, NULL);
  }
  Piece *p = malloc(sizeof *p + n);
  if (!p) die("malloc");
  int64_t t = now();
  *p = (Piece){.due = (t > w->open ? t : w->open) + way, .size = n};
  memcpy(p->data, buffer, n);
  *w->last = p;
  w->last = &p->next;
}

// Passes on what is due; the time of the next piece, or -1.
static int64_t pass(Way *w, int64_t t) {
  while (w->first && w->first->due <= t) {
    Piece *p = w->first;
    if (!p->size) {
      shutdown(w->to, SHUT_WR);
      w->shut = 1;
    } else if (!w->shut) {
      ssize_t n = send(w->to, p->data + p->at, p->size - p->at, MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN) return t + 200000; // a full socket: looked at again soon
      if (n < 0) w->shut = 1; // nobody is there any more; the other way will end as well
      else if ((p->at += n) < p->size) continue;
    }
    if (!(w->first = p->next)) w->last = &w->first;
    free(p);
  }
  return w->first ? w->first->due : -1;
}

static int64_t pass_all(void) {
  int64_t t = now(), next = -1;
  for (Link **l = &links; *l;) {
    Link *k = *l;
    int64_t dues[] = {pass(&k->out, t), pass(&k->back, t)};
    for (int i = 0; i < 2; i++)
      if (dues[i] >= 0 && (next < 0 || dues[i] < next)) next = dues[i];
    if (k->out.ended && k->back.ended && !k->out.first && !k->back.first) {
      close(k->out.from);
      close(k->out.to);
      *l = k->next;
      free(k);
    } else {
      l = &k->next;
    }
  }
  return next;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: delay_proxy PORT ROUND_TRIP_MICROSECONDS\n");
    return 2;
  }
  int server_port = atoi(argv[1]);
  way = atoll(argv[2]) * 500;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in a = loopback(0);
  socklen_t size = sizeof a;
  if (listener < 0 || bind(listener, (struct sockaddr *)&a, size) || listen(listener, 1024) ||
      getsockname(listener, (struct sockaddr *)&a, &size))
    die("listen");
  printf("%d\n", ntohs(a.sin_port));
  fflush(stdout);
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  static Way listening, ringing, input; // only their addresses matter
  loop = epoll_create1(EPOLL_CLOEXEC);
  watch(listener, &listening);
  watch(timer, &ringing);
  watch(0, &input);
  for (;;) {
    struct epoll_event events[256];
    int n = epoll_wait(loop, events, 256, -1);
    if (n < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < n; i++) {
      Way *w = events[i].data.ptr;
      uint64_t rings;
      if (w == &listening) take(listener, server_port);
      else if (w == &ringing) {
        if (read(timer, &rings, sizeof rings) < 0 && errno != EAGAIN) die("timer");
      } else if (w == &input) return 0;
      else receive(w);
    }
    int64_t next = pass_all();
    struct itimerspec spec = {0};
    if (next >= 0) spec.it_value = (struct timespec){next / 1000000000, next % 1000000000};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL);
  }
}
