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
let bolt: Target.Dependency = .product(name: "BoltDriver", package: "troupe")
let middleware: Target.Dependency = .product(name: "Middleware", package: "troupe")

let package = Package(
  name: "troupe-examples",
  products: [
    .executable(name: "Words", targets: ["Words"]),
    .executable(name: "Playground", targets: ["Playground"]),
    .executable(name: "SendSwift", targets: ["SendSwift"]),
    .executable(name: "PackageGraph", targets: ["PackageGraph"]),
    .executable(name: "PackageGraphWorker", targets: ["PackageGraphWorker"]),
  ],
  dependencies: [
    .package(name: "troupe", path: ".."),
    // The command line of PackageGraph.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    // Actors that log.
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
  ],
  targets: [
    // The actor of the README.
    .executableTarget(
      name: "Words", dependencies: [actors, middleware, .product(name: "Logging", package: "swift-log")],
      path: "Words", swiftSettings: settings),

    // What a sender needs: the messages alone.
    .target(
      name: "PlaygroundMessages", dependencies: [actors], path: "Playground/Messages", swiftSettings: settings),
    .executableTarget(
      name: "Playground", dependencies: ["PlaygroundMessages", actors, middleware], path: "Playground/Worker",
      swiftSettings: settings),
    .executableTarget(
      name: "SendSwift", dependencies: ["PlaygroundMessages", actors], path: "Send/SendSwift",
      swiftSettings: settings),

    // The package index of Debian as a graph: its stanzas, their relations, and the messages that carry them.
    .target(name: "PackageIndex", dependencies: [actors], path: "PackageGraph/Index", swiftSettings: settings),
    .executableTarget(
      name: "PackageGraphWorker", dependencies: ["PackageIndex", actors, middleware], path: "PackageGraph/Worker",
      swiftSettings: settings),
    .executableTarget(
      name: "PackageGraph",
      dependencies: [
        "PackageIndex", actors, bolt, .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "PackageGraph/Run", swiftSettings: settings),
  ]
)
