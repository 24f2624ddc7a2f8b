// What all stages share: options, clocks, connections, messages, results.
#pragma once
#include <amqp.h>
#include <stdint.h>

// The options of the command line.
extern const char *uri, *queue;
extern long n, prefetch, window, ack_every, workers, rate;
extern size_t size;
extern int broker; // its pid; 0 when it is not watched
// The broker's CPU seconds at the start of a stage.
extern double broker0;

_Noreturn void die(const char *fmt, ...);
double now(void);
double cpu(void);
double broker_cpu(void);
void ok(int s, const char *w);
void okr(amqp_rpc_reply_t r, const char *w);

amqp_connection_state_t conn_open(void);
void conn_close(amqp_connection_state_t c);
long depth(amqp_connection_state_t c, int passive);
void await_depth(amqp_connection_state_t c, long want);

void make_body(void);
void pub(amqp_connection_state_t c, long i);
void fill(void);
void result(const char *stage, long count, double wall, double c, const char *extra);

amqp_connection_state_t consume_open(void);
void consume_start(amqp_connection_state_t c);
void finish(amqp_connection_state_t c, const char *stage, double t, double u, const char *extra);

void stage_handoff(void);
