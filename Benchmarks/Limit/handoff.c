// The shape of a worker: an I/O thread that owns the connection, and threads that do the work.
#define _GNU_SOURCE
#include "client.h"
#include <amqp_framing.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct msg { uint64_t tag; size_t len; char data[]; };
static struct {
  pthread_mutex_t m;
  pthread_cond_t c;
  struct msg **q;
  long head, tail, cap;
  int stop;
} work = {.m = PTHREAD_MUTEX_INITIALIZER, .c = PTHREAD_COND_INITIALIZER};
static struct {
  pthread_mutex_t m;
  uint64_t *tags;
  long count, cap;
  int fd;
} done = {.m = PTHREAD_MUTEX_INITIALIZER};
static void *worker(void *arg) {
  volatile uint64_t sum = 0;
  for (;;) {
    pthread_mutex_lock(&work.m);
    while (work.head == work.tail && !work.stop) pthread_cond_wait(&work.c, &work.m);
    if (work.head == work.tail) { pthread_mutex_unlock(&work.m); return arg; }
    struct msg *m = work.q[work.head++ % work.cap];
    pthread_mutex_unlock(&work.m);
    sum += m->data[7];
    uint64_t tag = m->tag;
    free(m);
    pthread_mutex_lock(&done.m);
    int first = done.count == 0;
    done.tags[done.count++] = tag;
    pthread_mutex_unlock(&done.m);
    if (first) { uint64_t one = 1; if (write(done.fd, &one, 8) != 8) die("eventfd"); }
  }
}
void stage_handoff(void) {
  fill();
  amqp_connection_state_t c = consume_open();
  long cap = prefetch + 16;
  work.q = calloc(cap, sizeof *work.q), work.cap = cap, work.head = work.tail = 0, work.stop = 0;
  done.tags = calloc(cap, 8), done.cap = cap, done.count = 0, done.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  char *ring = calloc(cap, 1); // finished tags above `floor`, by tag mod cap
  uint64_t *mine = calloc(cap, 8), floor = 0, acked = 0;
  pthread_t th[64];
  if (workers > 64) die("at most 64 --workers");
  broker0 = broker_cpu();
  double t = now(), u = cpu();
  for (long i = 0; i < workers; i++) pthread_create(&th[i], 0, worker, 0);
  consume_start(c);
  long received = 0, finished = 0, acks = 0, wakes = 0;
  int fd = amqp_get_sockfd(c);
  long every = ack_every ? ack_every : prefetch / 2 > 0 ? prefetch / 2 : 1;
  double last = now();
  while (finished < n) {
    long got = 0;
    while (received < n) { // read all there is: buffered frames and the socket
      amqp_frame_t f;
      int s = amqp_simple_wait_frame_noblock(c, &f, &(struct timeval){0, 0});
      if (s == AMQP_STATUS_TIMEOUT) break;
      ok(s, "wait_frame");
      if (f.frame_type != AMQP_FRAME_METHOD || f.payload.method.id != AMQP_BASIC_DELIVER_METHOD)
        die("expected basic.deliver");
      uint64_t tag = ((amqp_basic_deliver_t *)f.payload.method.decoded)->delivery_tag;
      ok(amqp_simple_wait_frame_noblock(c, &f, &(struct timeval){30, 0}), "wait_frame");
      size_t len = f.payload.properties.body_size, at = 0;
      struct msg *m = malloc(sizeof *m + len);
      m->tag = tag, m->len = len;
      while (at < len) {
        ok(amqp_simple_wait_frame_noblock(c, &f, &(struct timeval){30, 0}), "wait_frame");
        memcpy(m->data + at, f.payload.body_fragment.bytes, f.payload.body_fragment.len);
        at += f.payload.body_fragment.len;
      }
      amqp_maybe_release_buffers(c);
      pthread_mutex_lock(&work.m);
      int empty = work.head == work.tail;
      work.q[work.tail++ % work.cap] = m;
      pthread_mutex_unlock(&work.m);
      if (empty || workers > 1) pthread_cond_signal(&work.c);
      received++;
      if (++got >= 256) break; // completions get their turn
    }
    pthread_mutex_lock(&done.m);
    long k = done.count;
    memcpy(mine, done.tags, k * 8);
    done.count = 0;
    pthread_mutex_unlock(&done.m);
    finished += k;
    for (long i = 0; i < k; i++) ring[mine[i] % cap] = 1;
    while (ring[(floor + 1) % cap]) ring[++floor % cap] = 0;
    // enough of them, or nothing else to do: one ack for the whole finished prefix
    if (floor > acked && ((long)(floor - acked) >= every || (!got && !k) || finished == n)) {
      ok(amqp_basic_ack(c, 1, floor, 1), "ack");
      acked = floor, acks++;
    }
    if (k || got) last = now();
    else if (finished < n) {
      if (now() - last > 30) die("no progress for 30 s");
      struct pollfd p[2] = {{fd, POLLIN, 0}, {done.fd, POLLIN, 0}};
      poll(p, 2, 1000);
      wakes++;
      uint64_t x;
      if (p[1].revents && read(done.fd, &x, 8) != 8) die("eventfd");
    }
  }
  pthread_mutex_lock(&work.m);
  work.stop = 1;
  pthread_mutex_unlock(&work.m);
  pthread_cond_broadcast(&work.c);
  for (long i = 0; i < workers; i++) pthread_join(th[i], 0);
  char x[96];
  snprintf(x, sizeof x, ",\"acks\":%ld,\"polls\":%ld,\"workers\":%ld", acks, wakes, workers);
  finish(c, "handoff_multi", t, u, x);
  close(done.fd);
  free(work.q), free(done.tags), free(ring), free(mine);
}
