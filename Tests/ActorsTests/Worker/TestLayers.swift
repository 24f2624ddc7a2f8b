import Actors

/// Runs a failed message again after a fixed delay, at most so many times.
struct RetryAlways: Middleware {
  var delay = Duration.zero
  var limit = Int64(3)

  func process(_ context: MessageContext, next: Next) async throws -> Outcome {
    let outcome = await next(context)
    guard case .failed(let error) = outcome else { return outcome }
    let retries = context.options.integer("retries") ?? 0
    guard retries < limit else { return .deadLetter(.maxRetries, error: error) }
    context.options.set("retries", to: retries + 1)
    return .retry(after: delay, error: error)
  }
}

/// Bounds every run.
struct LimitAlways: Middleware {
  var limit: Duration
  var grace = Duration.seconds(60)
  var hardLimit = Duration.seconds(120)

  func process(_ context: MessageContext, next: Next) async throws -> Outcome {
    context.setTimeLimit(limit, grace: grace, hardLimit: hardLimit)
    let outcome = await next(context)
    context.setTimeLimit(nil, grace: grace, hardLimit: hardLimit)
    return outcome
  }
}

/// Notes the hooks and can fail at the start.
struct HookProbe: Middleware {
  let name: String
  let events: EventLog
  var failsAtStart = false

  func workerWillStart(_ worker: WorkerContext) async throws {
    if failsAtStart { throw ProbeError(text: "\(name) cannot start") }
    events.add("\(name) will start")
  }
  func workerDidStart(_ worker: WorkerContext) async { events.add("\(name) did start") }
  func workerWillStop(_ worker: WorkerContext) async { events.add("\(name) will stop") }
  func workerDidStop(_ worker: WorkerContext) async { events.add("\(name) did stop") }
}

/// Asks for an interruption at shutdown, for every message.
struct NotifyAlways: Middleware {
  func process(_ context: MessageContext, next: Next) async throws -> Outcome {
    context.notifyOnShutdown()
    return await next(context)
  }
  func workerWillStop(_ worker: WorkerContext) async { worker.interruptOnShutdown() }
}

struct ProbeError: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}
