// An actor asks the graph through `context.graph`: what it meets there needs no import of its own.
@_exported public import BoltDriver
