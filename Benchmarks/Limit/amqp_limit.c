// amqp_limit: what one librabbitmq client can do at most against a given broker. One JSON object a line.
//
//   amqp_limit --uri URI --n 50000 --what confirm,consume_multi
//
// Stages (--what a,b,c):
//   confirm        persistent messages with publisher confirms, a sliding window of --window unconfirmed
//   sync           one publish, one confirm, one at a time (N/50 messages)
//   latency        publish on one connection, receive on another, --rate a second (N/200 messages): p50, p99
//   consume_multi  manual acks, one basic.ack(multiple) every --ack-every (default prefetch/2)
//   handoff_multi  one I/O thread (poll on socket + eventfd) hands messages to --workers threads, completions come
//                  back and are acked by the I/O thread, coalesced
// --broker-pid PID adds the broker's CPU per 100k messages of each stage: on a busy machine the steadiest figure.
// A consume stage fills the queue first if it is not full. The queue is durable and classic.
#define _GNU_SOURCE
#include "client.h"
#include <amqp_framing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- publish ----
static long confirmed(amqp_connection_state_t c, int block, uint64_t *last) { // handles frames; returns how many
  long k = 0;
  amqp_frame_t f;
  struct timeval z = {0, 0}, w = {30, 0};
  for (;;) {
    int s = amqp_simple_wait_frame_noblock(c, &f, block && !k ? &w : &z);
    if (s == AMQP_STATUS_TIMEOUT) {
      if (block && !k) die("no confirm for 30 s");
      break;
    }
    ok(s, "wait for confirms");
    if (f.frame_type == AMQP_FRAME_METHOD && f.payload.method.id == AMQP_BASIC_ACK_METHOD) {
      amqp_basic_ack_t *a = f.payload.method.decoded; // tags may come out of order: count, not compare
      if (a->multiple) {
        if (a->delivery_tag > *last) { k += a->delivery_tag - *last; *last = a->delivery_tag; }
      } else { k++; *last = a->delivery_tag > *last ? a->delivery_tag : *last; }
    } else if (f.frame_type == AMQP_FRAME_METHOD)
      die("unexpected method %x while publishing", f.payload.method.id);
    amqp_maybe_release_buffers(c);
  }
  return k;
}
static void stage_confirm(void) {
  amqp_connection_state_t c = conn_open();
  depth(c, 0);
  amqp_queue_purge(c, 1, amqp_cstring_bytes(queue));
  amqp_confirm_select(c, 1);
  broker0 = broker_cpu();
  double t = now(), u = cpu();
  uint64_t last = 0;
  for (long i = 0; i < n; i++) {
    pub(c, i);
    if (i % 32 == 31) {
      confirmed(c, 0, &last);
      while (i + 1 - (long)last > window) confirmed(c, 1, &last);
    }
  }
  while ((long)last < n) confirmed(c, 1, &last);
  t = now() - t, u = cpu() - u;
  await_depth(c, n);
  result("confirm", n, t, u, "");
  conn_close(c);
}
static void stage_sync(void) {
  amqp_connection_state_t c = conn_open();
  depth(c, 0);
  amqp_queue_purge(c, 1, amqp_cstring_bytes(queue));
  amqp_confirm_select(c, 1);
  long m = n / 50 > 50 ? n / 50 : 50;
  broker0 = broker_cpu();
  double t = now(), u = cpu();
  uint64_t last = 0;
  for (long i = 0; i < m; i++) { pub(c, i); while ((long)last < i + 1) confirmed(c, 1, &last); }
  t = now() - t, u = cpu() - u;
  result("sync", m, t, u, "");
  conn_close(c);
}
// ---- consume ----
static void stage_consume(void) {
  fill();
  amqp_connection_state_t c = consume_open();
  long every = ack_every ? ack_every : prefetch / 2 > 0 ? prefetch / 2 : 1;
  broker0 = broker_cpu();
  double t = now(), u = cpu();
  consume_start(c);
  long acks = 0;
  uint64_t bytes = 0;
  for (long i = 0; i < n; i++) {
    amqp_envelope_t e;
    okr(amqp_consume_message(c, &e, &(struct timeval){30, 0}, 0), "consume_message");
    uint64_t tag = e.delivery_tag;
    bytes += e.message.body.len;
    amqp_destroy_envelope(&e);
    amqp_maybe_release_buffers(c);
    if ((i + 1) % every == 0 || i + 1 == n) ok(amqp_basic_ack(c, 1, tag, 1), "ack"), acks++;
  }
  if (bytes != (uint64_t)n * size) die("%lu bytes came instead of %lu", bytes, (uint64_t)n * size);
  char x[64];
  snprintf(x, sizeof x, ",\"acks\":%ld", acks);
  finish(c, "consume_multi", t, u, x);
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}
static void stage_latency(void) {
  amqp_connection_state_t p = conn_open(), c = consume_open();
  depth(p, 0);
  amqp_queue_purge(p, 1, amqp_cstring_bytes(queue));
  consume_start(c);
  long m = n / 200 > 50 ? n / 200 : 50;
  double *v = calloc(m, sizeof *v);
  broker0 = broker_cpu();
  double t0 = now(), u = cpu();
  for (long i = 0; i < m; i++) {
    double left = t0 + (double)i / rate - now();
    if (left > 0) usleep((useconds_t)(left * 1e6));
    double t = now();
    pub(p, i);
    amqp_envelope_t e;
    okr(amqp_consume_message(c, &e, &(struct timeval){10, 0}, 0), "consume_message");
    v[i] = (now() - t) * 1e3;
    ok(amqp_basic_ack(c, 1, e.delivery_tag, 0), "ack");
    amqp_destroy_envelope(&e);
    amqp_maybe_release_buffers(c);
  }
  double t = now() - t0;
  u = cpu() - u;
  qsort(v, m, sizeof *v, by_value);
  char x[96];
  snprintf(x, sizeof x, ",\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f", v[m / 2], v[m * 99 / 100], v[m - 1]);
  result("latency", m, t, u, x);
  free(v);
  conn_close(p);
  conn_close(c);
}

static char *what = "confirm,consume_multi";

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const char *a = argv[i];
    if (i + 1 >= argc) die("unknown option or missing value: %s", a);
    char *v = argv[++i];
    if (!strcmp(a, "--uri")) uri = v;
    else if (!strcmp(a, "--queue")) queue = v;
    else if (!strcmp(a, "--what")) what = v;
    else if (!strcmp(a, "--n")) n = atol(v);
    else if (!strcmp(a, "--size")) size = atol(v);
    else if (!strcmp(a, "--prefetch")) prefetch = atol(v);
    else if (!strcmp(a, "--window")) window = atol(v);
    else if (!strcmp(a, "--ack-every")) ack_every = atol(v);
    else if (!strcmp(a, "--workers")) workers = atol(v);
    else if (!strcmp(a, "--rate")) rate = atol(v);
    else if (!strcmp(a, "--broker-pid")) broker = atoi(v);
    else die("unknown option %s", a);
  }
  if (n < 1 || prefetch < 1 || prefetch > 65535 || workers < 1 || rate < 1) die("bad number");
  char qn[64];
  if (!queue) snprintf(qn, sizeof qn, "amqp_limit.%d", (int)getpid()), queue = qn;
  make_body();
  char *list = strdup(what);
  for (char *s = strtok(list, ","); s; s = strtok(NULL, ",")) {
    if (!strcmp(s, "confirm")) stage_confirm();
    else if (!strcmp(s, "sync")) stage_sync();
    else if (!strcmp(s, "latency")) stage_latency();
    else if (!strcmp(s, "consume_multi")) stage_consume();
    else if (!strcmp(s, "handoff_multi")) stage_handoff();
    else die("unknown stage %s", s);
  }
  amqp_connection_state_t c = conn_open();
  amqp_queue_delete(c, 1, amqp_cstring_bytes(queue), 0, 0);
  conn_close(c);
  return 0;
}
