// What every user's file meets: loggers, services, signals. With `MemberImportVisibility` each would need its own import.
@_exported public import Logging
@_exported public import ServiceLifecycle
@_exported public import UnixSignals
