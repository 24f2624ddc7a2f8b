// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let actors: Target.Dependency = .product(name: "Actors", package: "troupe")
let middleware: Target.Dependency = .product(name: "Middleware", package: "troupe")
let bolt: Target.Dependency = .product(name: "BoltDriver", package: "troupe")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "troupe-benchmarks",
  products: [
    .executable(name: "BenchWorker", targets: ["BenchWorker"]),
    .executable(name: "BenchSend", targets: ["BenchSend"]),
    .executable(name: "BenchChain", targets: ["BenchChain"]),
    .executable(name: "BenchBolt", targets: ["BenchBolt"]),
    .executable(name: "BenchGraphWorker", targets: ["BenchGraphWorker"]),
  ],
  dependencies: [
    .package(name: "troupe", path: ".."),
    // The command lines of the benchmark programs.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    // The logger that a worker is made with.
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
  ],
  targets: [
    .target(name: "BenchClock", path: "Clock", swiftSettings: settings),
    .target(name: "BenchProbe", path: "Probe", swiftSettings: settings),
    .target(name: "BenchMessages", dependencies: [actors], path: "Messages", swiftSettings: settings),
    // The worker under observation: it reports every task through a shared memory map.
    .executableTarget(
      name: "BenchWorker", dependencies: ["BenchMessages", "BenchProbe", actors, middleware], path: "Worker",
      swiftSettings: settings),
    // A worker whose tasks ask a graph: with the driver that its process shares, or each with one of its own.
    .executableTarget(
      name: "BenchGraphWorker", dependencies: ["BenchMessages", "BenchProbe", actors, middleware, bolt],
      path: "GraphWorker", swiftSettings: settings),
    // The sender: in bulk, one by one, at a rate, delayed.
    .executableTarget(
      name: "BenchSend", dependencies: ["BenchClock", "BenchMessages", actors, middleware, arguments], path: "Send",
      swiftSettings: settings),
    // What the worker itself costs, without a broker: the chain, decoding, encoding.
    .executableTarget(
      name: "BenchChain",
      dependencies: [
        "BenchClock", "BenchMessages", actors, middleware, arguments, .product(name: "Logging", package: "swift-log"),
      ],
      path: "Chain", swiftSettings: settings),
    // The Bolt driver without a worker.
    .executableTarget(
      name: "BenchBolt", dependencies: ["BenchClock", bolt, arguments], path: "Bolt", swiftSettings: settings),
  ]
)
