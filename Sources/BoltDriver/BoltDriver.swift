// The Bolt driver lives here: a module of its own that knows nothing of actors.
// Its rooms (PackStream, Values, Messages, Connection, Pool, Routing, Session, Authentication) are still empty.
