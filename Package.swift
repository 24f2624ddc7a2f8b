// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target: strict concurrency comes with the Swift 6 language mode, the upcoming features
/// are those a later language mode turns on anyway.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "troupe",
  products: [
    .library(name: "Actors", targets: ["Actors"]),
    .library(name: "Middleware", targets: ["Middleware"]),
    .library(name: "BoltDriver", targets: ["BoltDriver"]),
    .executable(name: "actorctl", targets: ["actorctl"]),
  ],
  dependencies: [
    // The logging API of the server ecosystem; users plug in their own backend.
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    // Counters and timers without choosing a metrics backend for the user.
    .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
    // Spans of queries and transactions without choosing a tracing backend for the user.
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
    // Start, stop and signals in a known order; `Worker` is one of its services.
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
    // The command lines of `actorctl` and of every worker application: parsing, help, completion.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    // `Deque`: the ring buffers of the inbox, of the publisher's outbox and of a graph connection's open requests.
    .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
    // The HTTP server of the health port (and the sockets of the Bolt driver).
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    // TLS for the Bolt driver, on the event loops of swift-nio and without a TLS library of the system.
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    // Starting and watching the worker processes; without its Foundation trait.
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    // `FilePath` and `FileDescriptor`, the types that swift-subprocess takes.
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
  ],
  targets: [
    // librabbitmq, the AMQP 0-9-1 client library: a header shim, no code of its own.
    .systemLibrary(name: "CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
    .target(
      name: "Actors",
      dependencies: [
        "CRabbitMQ",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      swiftSettings: settings),
    .target(
      name: "Middleware",
      dependencies: ["Actors", "BoltDriver", .product(name: "Logging", package: "swift-log")],
      swiftSettings: settings),
    .target(
      name: "BoltDriver",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "DequeModule", package: "swift-collections"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "actorctl",
      dependencies: [
        "Actors", "Middleware", "BoltDriver",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .target(
      name: "TestSupport",
      dependencies: ["Actors", .product(name: "Logging", package: "swift-log")],
      path: "Tests/TestSupport",
      swiftSettings: settings),
    .testTarget(
      name: "ActorsTests",
      dependencies: ["Actors", "TestSupport", .product(name: "Metrics", package: "swift-metrics")],
      swiftSettings: settings),
    .testTarget(
      name: "MiddlewareTests", dependencies: ["Actors", "Middleware", "BoltDriver", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "BoltDriverTests",
      dependencies: [
        "BoltDriver",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "MetricsTestKit", package: "swift-metrics"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ActorctlTests",
      dependencies: [
        "actorctl", "Actors", "Middleware", "BoltDriver", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    // The worker application that the process tests start, kill and starve.
    .executableTarget(
      name: "TestWorker", dependencies: ["Actors", "Middleware"], path: "Tests/TestWorker", swiftSettings: settings),
    // What the conformance suite of the official Neo4j drivers talks to.
    .executableTarget(
      name: "TestKitBackend",
      dependencies: [
        "Actors", "BoltDriver",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tests/TestKitBackend", swiftSettings: settings),
    .testTarget(
      name: "IntegrationTests",
      dependencies: [
        "Actors", "Middleware", "BoltDriver", "TestSupport", "TestWorker", "actorctl",
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      swiftSettings: settings),
  ]
)
