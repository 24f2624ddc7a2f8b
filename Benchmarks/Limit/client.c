// What all stages share, see client.h.
#define _GNU_SOURCE
#include "client.h"
#include <amqp_tcp_socket.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

const char *uri = "amqp://guest:guest@127.0.0.1:5673/%2F", *queue = NULL;
long n = 100000, prefetch = 1000, window = 1000, ack_every = 0, workers = 1, rate = 50;
size_t size = 250;
int broker = 0;
double broker0;

void die(const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  fprintf(stderr, "amqp_limit: ");
  vfprintf(stderr, fmt, ap);
  fputc('\n', stderr);
  exit(1);
}
double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}
double cpu(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
}
double broker_cpu(void) { // --broker-pid: its user + system seconds
  if (!broker) return 0;
  char path[64], line[1024], *p;
  unsigned long u, s;
  snprintf(path, sizeof path, "/proc/%d/stat", broker);
  FILE *f = fopen(path, "r");
  if (!f || !fgets(line, sizeof line, f) || !(p = strrchr(line, ')')) ||
      sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &u, &s) != 2)
    u = s = 0;
  if (f) fclose(f);
  return (double)(u + s) / sysconf(_SC_CLK_TCK);
}
void ok(int s, const char *w) {
  if (s < 0) die("%s: %s", w, amqp_error_string2(s));
}
void okr(amqp_rpc_reply_t r, const char *w) {
  if (r.reply_type == AMQP_RESPONSE_NORMAL) return;
  if (r.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) die("%s: %s", w, amqp_error_string2(r.library_error));
  if (r.reply.id == AMQP_CHANNEL_CLOSE_METHOD) {
    amqp_channel_close_t *m = r.reply.decoded;
    die("%s: channel closed by the broker: %.*s", w, (int)m->reply_text.len, (char *)m->reply_text.bytes);
  }
  die("%s: broker error, method %x", w, r.reply.id);
}

amqp_connection_state_t conn_open(void) {
  struct amqp_connection_info ci;
  char *u = strdup(uri);
  amqp_default_connection_info(&ci);
  if (amqp_parse_url(u, &ci) != AMQP_STATUS_OK) die("bad --uri %s", uri);
  amqp_connection_state_t c = amqp_new_connection();
  amqp_socket_t *s = amqp_tcp_socket_new(c);
  ok(amqp_socket_open(s, ci.host, ci.port), "connect");
  okr(amqp_login(c, ci.vhost, 0, 131072, 60, AMQP_SASL_METHOD_PLAIN, ci.user, ci.password), "login");
  if (!amqp_channel_open(c, 1)) okr(amqp_get_rpc_reply(c), "channel.open");
  free(u);
  return c;
}
void conn_close(amqp_connection_state_t c) {
  amqp_connection_close(c, AMQP_REPLY_SUCCESS);
  amqp_destroy_connection(c);
}
long depth(amqp_connection_state_t c, int passive) {
  amqp_queue_declare_ok_t *d = amqp_queue_declare(c, 1, amqp_cstring_bytes(queue), passive, 1, 0, 0, amqp_empty_table);
  if (!d) okr(amqp_get_rpc_reply(c), "queue.declare");
  long m = d->message_count;
  amqp_maybe_release_buffers(c);
  return m;
}
void await_depth(amqp_connection_state_t c, long want) {
  double t = now();
  while (depth(c, 1) != want) {
    if (now() - t > 30) die("the queue holds %ld messages, expected %ld", depth(c, 1), want);
    usleep(2000);
  }
}

// ---- messages ----
static char *body;
static amqp_bytes_t body_of(long i) {
  memcpy(body + 7, "0000000000", 10);
  char num[24];
  int l = snprintf(num, sizeof num, "%010ld", i);
  memcpy(body + 7, num, l > 10 ? 10 : l);
  return (amqp_bytes_t){size, body};
}
static amqp_basic_properties_t props;
void make_body(void) {
  if (size < 64) die("--size is 64 at least");
  body = malloc(size + 1);
  memset(body, 'x', size);
  memcpy(body, "{\"id\":\"0000000000\",\"task\":\"noop\",\"args\":[],\"pad\":\"", 51);
  memcpy(body + size - 2, "\"}", 2);
  props._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG;
  props.content_type = amqp_cstring_bytes("application/json");
  props.delivery_mode = 2;
}

static double peak_mb(void) { // VmHWM: ru_maxrss would count the parent's memory before exec
  char line[256];
  double kb = 0;
  FILE *f = fopen("/proc/self/status", "r");
  while (f && fgets(line, sizeof line, f)) if (sscanf(line, "VmHWM: %lf", &kb) == 1) break;
  if (f) fclose(f);
  return kb / 1024;
}
void result(const char *stage, long count, double wall, double c, const char *extra) {
  printf("{\"stage\":\"%s\",\"n\":%ld,\"size\":%zu,\"prefetch\":%ld,"
         "\"wall_s\":%.3f,\"msgs_per_s\":%.0f,\"cpu_s_per_100k\":%.3f,\"rss_mb\":%.1f%s",
         stage, count, size, prefetch, wall, count / wall, c / count * 1e5, peak_mb(), extra);
  if (broker) printf(",\"broker_cpu_s_per_100k\":%.2f", (broker_cpu() - broker0) / count * 1e5);
  puts("}");
  fflush(stdout);
}

void pub(amqp_connection_state_t c, long i) {
  ok(amqp_basic_publish(c, 1, amqp_empty_bytes, amqp_cstring_bytes(queue), 0, 0, &props, body_of(i)), "publish");
}
void fill(void) {
  amqp_connection_state_t c = conn_open();
  if (depth(c, 0) != n) {
    amqp_queue_purge(c, 1, amqp_cstring_bytes(queue));
    for (long i = 0; i < n; i++) pub(c, i);
    await_depth(c, n);
  }
  conn_close(c);
}

// ---- consuming ----
amqp_connection_state_t consume_open(void) {
  amqp_connection_state_t c = conn_open();
  if (!amqp_basic_qos(c, 1, 0, prefetch, 0)) okr(amqp_get_rpc_reply(c), "basic.qos");
  return c;
}
void consume_start(amqp_connection_state_t c) {
  if (!amqp_basic_consume(c, 1, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table))
    okr(amqp_get_rpc_reply(c), "basic.consume");
}
void finish(amqp_connection_state_t c, const char *stage, double t, double u, const char *extra) {
  await_depth(c, 0); // also the round trip after the last ack
  t = now() - t, u = cpu() - u;
  result(stage, n, t, u, extra);
  conn_close(c);
}
