// What the Swift importer cannot see of librabbitmq: variadic logins, `struct timeval`, eventfd.
// Both header layouts: flat (before 0.12) and in a folder (from 0.12).
#ifndef TROUPE_CRABBITMQ_SHIM_H
#define TROUPE_CRABBITMQ_SHIM_H

#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/time.h>

#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif

// Declared by pthread.h under _GNU_SOURCE only, which cannot be set for the importer.
int pthread_setname_np(pthread_t thread, const char *name);

/// Names the calling thread; at most 15 bytes.
static inline void troupe_name_this_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

// The library offers its OpenSSL context but, before 0.14, no call that trusts the system's authorities.
int SSL_CTX_set_default_verify_paths(struct ssl_ctx_st *context);

/// Trusts the certificate authorities of the system (and of SSL_CERT_FILE and SSL_CERT_DIR); 1 on success.
static inline int troupe_amqp_trust_system_authorities(amqp_socket_t *socket) {
  return SSL_CTX_set_default_verify_paths((struct ssl_ctx_st *)amqp_ssl_socket_get_context(socket));
}

/// `amqp_login_with_properties` with the PLAIN mechanism; the original is variadic and not imported.
static inline amqp_rpc_reply_t troupe_amqp_login_plain(
    amqp_connection_state_t state, const char *vhost, int channel_max, int frame_max, int heartbeat,
    const amqp_table_t *properties, const char *user, const char *password) {
  return amqp_login_with_properties(
      state, vhost, channel_max, frame_max, heartbeat, properties, AMQP_SASL_METHOD_PLAIN, user, password);
}

/// `amqp_login_with_properties` with the EXTERNAL mechanism: the client certificate is the identity.
static inline amqp_rpc_reply_t troupe_amqp_login_external(
    amqp_connection_state_t state, const char *vhost, int channel_max, int frame_max, int heartbeat,
    const amqp_table_t *properties, const char *identity) {
  return amqp_login_with_properties(
      state, vhost, channel_max, frame_max, heartbeat, properties, AMQP_SASL_METHOD_EXTERNAL, identity);
}

#endif
