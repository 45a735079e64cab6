// swift-tools-version: 6.1
import PackageDescription

// Five floors; a target imports only from lower ones, never sideways. ARCHITECTURE.md tells the story.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

// Points at which the fault harness may kill a run, and defects that it seeds to prove that it would see them. Debug
// builds hold them, and a release build with `--traits Faults`; the released binary holds none.
let faults: [SwiftSetting] =
  strict + [
    .define("FAULTS", .when(configuration: .debug)),
    .define("FAULTS", .when(traits: ["Faults"])),
  ]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "settle",
  products: [.executable(name: "settle", targets: ["settle"])],
  traits: [.trait(name: "Faults", description: "Build what scripts/chaos tests, with its fault points.")],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.5.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.24.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
  ],
  targets: [
    // Floor 1: C libraries and the domain's own words.
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CCSV", providers: [.apt(["libcsv-dev"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .target(name: "SettleModel", dependencies: [crypto], swiftSettings: strict),
    .target(name: "Faults", swiftSettings: faults),

    // Floor 2: the world outside, each part of it knowing nothing of the others.
    .target(name: "Postgres", dependencies: ["CPostgres", logging], swiftSettings: strict),
    .target(
      name: "SettleFiles", dependencies: ["CCSV", "CExpat", "SettleModel", crypto, yams], swiftSettings: strict,
      plugins: ["EmbedFilesPlugin"]),
    .target(
      name: "SettleProcessors",
      dependencies: ["SettleModel", "Faults", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL, logging],
      swiftSettings: strict),

    // Floor 3: all SQL.
    .target(
      name: "SettleStore", dependencies: ["Postgres", "SettleModel", "Faults", crypto], exclude: ["Migrations"],
      swiftSettings: strict, plugins: ["EmbedFilesPlugin"]),

    // Floor 4: the nightly job.
    .target(
      name: "SettlePipeline",
      dependencies: [
        "CLinux", "Postgres", "SettleStore", "SettleFiles", "SettleModel", "Faults", yams, mustache, crypto, logging,
      ],
      exclude: ["Templates"], swiftSettings: strict, plugins: ["EmbedFilesPlugin"]),

    // Floor 5: the composition root.
    .executableTarget(
      name: "settle",
      dependencies: [
        "SettleModel", "Postgres", "SettleFiles", "SettleProcessors", "SettleStore", "SettlePipeline",
        "ProcessorSandbox", "Faults", argumentParser, logging,
      ],
      swiftSettings: strict),

    // Beside the house: the stand-in processor, an independent witness.
    .target(
      name: "ProcessorSandbox", dependencies: [asyncHTTPClient, crypto, hummingbird, lifecycle, logging],
      swiftSettings: strict),

    // Beside the house: the fault harness, which judges by the sandbox's ledger alone.
    .executableTarget(
      name: "settle-chaos",
      dependencies: [
        "Faults", "Postgres", "SettleStore", "SettleTesting", "SettleSimulation", asyncHTTPClient, nioCore, nioHTTP1,
        argumentParser,
      ],
      swiftSettings: faults),

    // Beside the house: measures settle on worlds of any size.
    .executableTarget(
      name: "settle-bench",
      dependencies: [
        "Postgres", "SettleModel", asyncHTTPClient, hummingbird, logging, nioCore, nioHTTP1, nioPosix, argumentParser,
      ],
      swiftSettings: strict),

    // Beside the house: rehearses a stage where its instructions can be counted.
    .executableTarget(
      name: "settle-rehearse", dependencies: ["Postgres", "SettleStore", "SettlePipeline", logging],
      swiftSettings: strict),

    // Build time: files that travel inside the binary.
    .executableTarget(name: "EmbedFiles", swiftSettings: strict),
    .plugin(
      name: "EmbedFilesPlugin", capability: .buildTool(), dependencies: ["EmbedFiles"],
      path: "Sources/EmbedFilesPlugin"),

    // Beside the house: simulated nights, in which anything happens to the real decisions of SettleModel.
    .target(name: "SettleSimulation", dependencies: ["SettleModel"], swiftSettings: strict),

    // Tests, on a real PostgreSQL and over real HTTP.
    .target(
      name: "SettleTesting", dependencies: ["Postgres", "SettleStore", "SettleModel"], swiftSettings: strict),
    .testTarget(name: "FaultsTests", dependencies: ["Faults"], swiftSettings: faults),
    .testTarget(name: "settle-chaosTests", dependencies: ["settle-chaos", "Faults"], swiftSettings: faults),
    .testTarget(
      name: "settle-benchTests",
      dependencies: [
        "settle-bench", "settle-rehearse", "SettleFiles", "SettleModel", "SettlePipeline", "SettleStore",
        "SettleTesting", "Postgres", logging,
      ], exclude: ["Costs/Kept"], swiftSettings: strict),
    .testTarget(name: "SettleModelTests", dependencies: ["SettleModel"], swiftSettings: strict),
    .testTarget(
      name: "SettleSimulationTests", dependencies: ["SettleSimulation", "SettleModel"], swiftSettings: strict),
    .testTarget(name: "PostgresTests", dependencies: ["Postgres", "SettleTesting"], swiftSettings: strict),
    .testTarget(name: "SettleFilesTests", dependencies: ["SettleFiles", "SettleModel"], swiftSettings: strict),
    .testTarget(
      name: "SettleProcessorsTests",
      dependencies: ["SettleProcessors", "ProcessorSandbox", "SettleModel", logging, nioCore, nioPosix],
      swiftSettings: strict),
    .testTarget(
      name: "SettleStoreTests", dependencies: ["SettleStore", "SettleTesting", "SettleModel", "Postgres"],
      swiftSettings: strict),
    .testTarget(
      name: "SettlePipelineTests",
      dependencies: [
        "SettlePipeline", "SettleStore", "SettleProcessors", "ProcessorSandbox", "SettleTesting", "SettleFiles",
        "SettleModel", "Postgres", asyncHTTPClient, crypto, logging,
      ], swiftSettings: strict),
    .testTarget(
      name: "ProcessorSandboxTests", dependencies: ["ProcessorSandbox", hummingbirdTesting, asyncHTTPClient],
      swiftSettings: strict),
    .testTarget(
      name: "settleTests",
      dependencies: [
        "settle", "SettleTesting", "SettleModel", "Postgres", "SettleFiles", "SettleProcessors", "SettleStore",
        "SettlePipeline", "ProcessorSandbox", argumentParser, logging,
      ], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
