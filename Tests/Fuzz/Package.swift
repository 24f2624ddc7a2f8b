// swift-tools-version: 6.2
import PackageDescription

/// The modules under test and the fuzzers are compiled here with the fuzzer's instrumentation and AddressSanitizer, and
/// optimised: what is fuzzed is what runs, at ten times the speed of a debug build. What they depend on is not.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .unsafeFlags(["-O", "-sanitize=fuzzer,address", "-parse-as-library"]),
]
let linking: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]

/// One program for one door through which foreign bytes come in.
func fuzzer(_ name: String, in folder: String, of modules: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: ["FuzzSupport"] + modules, path: folder, swiftSettings: settings, linkerSettings: linking)
}
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")

let package = Package(
  name: "troupe-fuzz",
  // As in the package itself, whose sources these are: the folders in Troupe/ are links to them.
  dependencies: [
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
  ],
  targets: [
    // libFuzzer's entry, which comes with the compiler.
    .systemLibrary(name: "CLibFuzzer", path: "CLibFuzzer"),
    .systemLibrary(
      name: "CRabbitMQ", path: "Troupe/CRabbitMQ", pkgConfig: "librabbitmq", providers: [.apt(["librabbitmq-dev"])]),
    .target(
      name: "BoltDriver",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "DequeModule", package: "swift-collections"),
      ],
      path: "Troupe/BoltDriver", swiftSettings: settings),
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
      path: "Troupe/Actors", swiftSettings: settings),
    .target(name: "FuzzSupport", dependencies: ["CLibFuzzer"], path: "Support", swiftSettings: settings),
    fuzzer("PackStreamFuzzer", in: "PackStream", of: ["BoltDriver", nio]),
    fuzzer("MessageFuzzer", in: "Messages", of: ["BoltDriver", nio]),
    fuzzer("HandshakeFuzzer", in: "Handshake", of: ["BoltDriver", nio]),
    fuzzer("URIFuzzer", in: "URI", of: ["BoltDriver"]),
    fuzzer("RoutingTableFuzzer", in: "RoutingTable", of: ["BoltDriver", nio]),
    fuzzer("IdentifierFuzzer", in: "Identifier", of: ["BoltDriver"]),
    fuzzer("EnvelopeFuzzer", in: "Envelope", of: ["Actors"]),
    fuzzer("BrokerURLFuzzer", in: "BrokerURL", of: ["Actors"]),
  ]
)
