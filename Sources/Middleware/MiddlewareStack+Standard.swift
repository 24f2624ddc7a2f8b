public import Actors

extension MiddlewareStack {
  /// The stack of a usual worker, dramatiq's default one in dramatiq's order, outermost first: ``AgeLimit``,
  /// ``TimeLimit``, ``ShutdownNotifications``, ``Callbacks``, ``Pipelines``, ``Retries``, each with its defaults.
  public static var standard: MiddlewareStack {
    [AgeLimit(), TimeLimit(), ShutdownNotifications(), Callbacks(), Pipelines(), Retries()]
  }
}
