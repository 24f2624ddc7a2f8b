/// Moves what dramatiq peers put into delay queues (`name.DQ`) on into the broker's delay ladder, or, when it is due,
/// to the queue itself: no delayed message waits in the memory of a worker.
struct DelayQueueDrain: Sendable {
  /// How many are moved with one round of confirms.
  private static let batchSize = 256

  let lane: TransferLane
  let settler: Settler
  let limits: DecodingLimits
  let log: WorkerLog

  /// Moves until the lane is closed.
  func run() async {
    while case let batch = await lane.next(limit: Self.batchSize), !batch.isEmpty {
      for delivery in batch { move(delivery) }
    }
  }

  private func move(_ delivery: Delivery) {
    guard case .bytes(let body) = delivery.body, body.count <= limits.maxBodySize else {
      let text = "the body has \(delivery.body.count) bytes, the limit is \(limits.maxBodySize)"
      return settler.deadLetter(delivery, .tooLarge, RefusedMessage(description: text))
    }
    do throws(MessageDecodingError) {
      var message = try Message(decoding: body, limits: limits)
      let wait = DueTime.wait(of: message) { log.strangeETA(message, queue: delivery.queue) }
      message.queueName = delivery.queue
      var route = Publication.Route.queue(delivery.queue)
      if let wait {
        route = .delayed(queue: delivery.queue, by: .milliseconds(wait))
      } else {
        message.options["eta"] = nil
      }
      var properties = delivery.properties
      properties.headers = properties.headers.filter { !DeadLetterCopy.isDeathHeader($0.key) }
      settler.move(delivery, to: Publication(route: route, body: .bytes(message.encoded()), properties: properties))
    } catch {
      settler.deadLetter(delivery, error.code == .tooLarge ? .tooLarge : .invalidMessage, error)
    }
  }
}
