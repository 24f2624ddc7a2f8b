import Logging

extension Logger {
  /// Writes what the policy has to say.
  func note(_ event: FleetEvent) {
    let level: Logger.Level = event.isTrouble ? .error : .notice
    switch event {
    case .ended(let slot, let how, let wasAsked):
      let text: Logger.Message = wasAsked ? "worker left" : "worker ended by itself"
      log(level: level, text, metadata: ["slot": "\(slot)", "cause": "\(how)"])
    case .restarting(let slot, let pause, let restarts):
      log(
        level: level, "worker is started again",
        metadata: ["slot": "\(slot)", "after": "\(Figures.duration(pause))", "restarts": "\(restarts)"])
    case .stopping(.signal): log(level: level, "fleet is stopping: workers drain")
    case .stopping(.hopeless(let how)):
      log(
        level: level, "fleet is stopping: a worker cannot run, and no restart would help", metadata: ["cause": "\(how)"]
      )
    case .forcing: log(level: level, "told again to stop: workers leave at once")
    case .killing(let slot):
      log(level: level, "worker did not leave in time and is killed", metadata: ["slot": "\(slot)"])
    case .reloading: log(level: level, "reload: processes are replaced one by one")
    case .replaced(let old, let new):
      log(level: level, "new worker took over, the old one drains", metadata: ["old": "\(old)", "new": "\(new)"])
    case .reloaded: log(level: level, "reload done")
    case .reloadFailed(let why):
      log(level: level, "reload given up; what was not replaced runs on", metadata: ["cause": "\(why)"])
    }
  }
}
