/// A layer that is known to leave outgoing messages as they are: nobody has to ask it.
package protocol SendsUnchanged: Middleware {}
