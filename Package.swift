// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

#if os(Linux) && arch(x86_64)
let codeGenerator: [Target.Dependency] = ["CLIBXSMM"]
#else
let codeGenerator: [Target.Dependency] = []
#endif

let package = Package(
  name: "millrace",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "millrace", targets: ["MillraceTool"]),
    .library(name: "Millrace", targets: ["Millrace"]),
    // All that a program needs which only classifies.
    .library(name: "MillraceModels", targets: ["MillraceModels"]),
    .library(name: "MillraceReports", targets: ["MillraceReports"]),
    .library(name: "MillraceExport", targets: ["MillraceExport"]),
  ],
  traits: [
    .trait(
      name: "MPI",
      description:
        "Training on several machines: needs Open MPI, such as libopenmpi-dev.")
  ],
  dependencies: [
    // This makes options, help and completions of the command.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // This reads configuration files and writes the config.yaml of a run.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // This is the wire format of ONNX models and TensorBoard's event files; Scripts/generate-protobuf generates the
    // messages.
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    // This is 'swift package generate-documentation', which Scripts/document calls; no product links it.
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // MARK: System libraries
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg",
      providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng",
      providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CMPI", pkgConfig: "mpi-c",
      providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

    // LIBXSMM generates machine code for the products of small matrices, for their shapes: a worker trains about a
    // sixth faster than with OpenBLAS (DocC article Performance). Release 1.17 has none for other processors;
    // without it OpenBLAS multiplies.
    .systemLibrary(name: "CLIBXSMM", pkgConfig: "libxsmm", providers: [.apt(["libxsmm-dev"])]),
    // libwebp is for WebP images; without it these are named and left out.
    .systemLibrary(
      name: "CWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),

    // MARK: Ground floor: they know nobody
    .target(name: "CImageCodecs", dependencies: ["CJPEG", "CPNG", "CWebP"]),
    .target(name: "CProductKernels", dependencies: codeGenerator),
    .target(name: "MillraceVectors", swiftSettings: swiftSettings),
    .target(name: "MillraceRandom", dependencies: ["MillraceVectors"], swiftSettings: swiftSettings),
    .target(name: "MillraceThreads", swiftSettings: swiftSettings),

    // MARK: The journey of an image, in its order
    .target(
      name: "MillraceImages", dependencies: ["CImageCodecs", "MillraceRandom"],
      swiftSettings: swiftSettings),
    .target(
      name: "MillracePipeline",
      dependencies: ["CZlib", "MillraceImages", "MillraceVectors", "MillraceRandom", "MillraceThreads"],
      swiftSettings: swiftSettings),
    .target(
      name: "MillraceNetwork",
      dependencies: ["COpenBLAS", "CProductKernels", "MillraceVectors", "MillraceRandom"],
      swiftSettings: swiftSettings),
    .target(
      name: "MillraceShards",
      dependencies: ["MillraceVectors", "MillraceThreads", "MillracePipeline", "MillraceNetwork"],
      swiftSettings: swiftSettings),

    // MARK: Models, their training, and what people do around it
    .target(
      name: "MillraceModels",
      dependencies: [
        "CZlib", "MillraceImages", "MillraceNetwork", "MillracePipeline", "MillraceRandom", "MillraceShards",
        "MillraceThreads",
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "MillraceTraining",
      dependencies: [
        "MillraceImages", "MillraceModels", "MillraceNetwork", "MillracePipeline", "MillraceRandom",
        "MillraceShards", "MillraceThreads", "MillraceVectors", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "MillraceWorkshop",
      dependencies: [
        "MillraceImages", "MillraceModels", "MillraceNetwork", "MillracePipeline", "MillraceRandom",
        "MillraceShards", "MillraceThreads", "MillraceTraining", "MillraceVectors",
      ],
      swiftSettings: swiftSettings),

    // MARK: The face: the names that a user of the library needs
    .target(
      name: "Millrace",
      dependencies: [
        "MillraceImages", "MillraceModels", "MillraceNetwork", "MillracePipeline", "MillraceRandom",
        "MillraceThreads", "MillraceTraining", "MillraceWorkshop",
      ],
      swiftSettings: swiftSettings),

    // MARK: Beyond one machine
    .target(
      name: "MillraceMPI",
      dependencies: [
        .target(name: "CMPI", condition: .when(traits: ["MPI"])), "MillraceShards", "MillraceThreads",
      ],
      swiftSettings: swiftSettings),

    // MARK: What leaves the house
    .target(
      name: "MillraceReports",
      dependencies: [
        "MillraceImages", "MillraceModels", "MillraceNetwork", "MillracePipeline", "MillraceThreads",
        "MillraceTraining", "MillraceWorkshop", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "MillraceExport",
      dependencies: [
        "MillraceImages", "MillraceModels", "MillraceNetwork", "MillracePipeline",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: swiftSettings),

    // MARK: The command
    .executableTarget(
      name: "MillraceTool",
      dependencies: [
        "MillraceExport", "MillraceImages", "MillraceModels", "MillraceMPI", "MillraceNetwork",
        "MillracePipeline", "MillraceReports", "MillraceShards", "MillraceThreads",
        "MillraceTraining", "MillraceWorkshop",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),

    // MARK: Examples of the library, run by the tests
    .executableTarget(
      name: "example-train-on-a-folder", dependencies: ["Millrace"], path: "Sources/Examples/TrainOnAFolder",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "example-classify-in-memory", dependencies: ["MillraceModels"],
      path: "Sources/Examples/ClassifyInMemory",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "example-train-on-arrays", dependencies: ["Millrace"], path: "Sources/Examples/TrainOnArrays",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "example-own-augmentation", dependencies: ["Millrace"], path: "Sources/Examples/OwnAugmentation",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "example-own-layer", dependencies: ["Millrace"], path: "Sources/Examples/OwnLayer",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "example-own-event-sink", dependencies: ["Millrace", "MillraceReports"],
      path: "Sources/Examples/OwnEventSink", swiftSettings: swiftSettings),

    // MARK: Sample data: the program that draws sample-data/
    .executableTarget(
      name: "draw-sample-data", dependencies: ["MillraceImages", "MillraceRandom"],
      path: "Scripts/draw-sample-data", swiftSettings: swiftSettings),

    // MARK: Tests
    .target(
      name: "_MillraceTestSupport",
      dependencies: [
        "MillraceImages", "MillraceNetwork", "MillraceRandom", "MillraceShards", "MillraceThreads",
        "MillraceTraining",
      ],
      path: "Tests/_MillraceTestSupport",
      swiftSettings: swiftSettings),
    .testTarget(name: "MillraceRandomTests", dependencies: ["MillraceRandom"], swiftSettings: swiftSettings),
    .testTarget(
      name: "MillraceThreadsTests", dependencies: ["MillraceThreads"], swiftSettings: swiftSettings),
    .testTarget(
      name: "MillraceImagesTests", dependencies: ["MillraceImages", "MillraceRandom"],
      resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "MillracePipelineTests",
      dependencies: ["MillraceImages", "MillracePipeline", "MillraceRandom", "MillraceThreads"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "MillraceNetworkTests", dependencies: ["MillraceNetwork", "MillraceRandom", "MillraceVectors"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "MillraceTests",
      dependencies: [
        "MillraceImages", "MillraceModels", "MillraceNetwork", "MillracePipeline", "MillraceRandom",
        "MillraceShards", "MillraceThreads", "MillraceTraining", "MillraceWorkshop",
        "_MillraceTestSupport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "MillraceReportsTests",
      dependencies: [
        "MillraceImages", "MillraceModels", "MillraceNetwork", "MillracePipeline", "MillraceReports",
        "MillraceTraining", "MillraceWorkshop", "_MillraceTestSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "MillraceExportTests",
      dependencies: [
        "MillraceImages", "MillraceModels", "MillraceNetwork", "MillracePipeline", "MillraceRandom",
        "MillraceExport", "MillraceShards", "_MillraceTestSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "MillraceToolTests",
      dependencies: [
        "MillraceImages", "MillraceModels", "MillraceTool", "MillraceTraining", "_MillraceTestSupport",
      ],
      swiftSettings: swiftSettings),
  ]
)

// MARK: Fuzzing: Scripts/fuzz builds these, with sanitizers; libfuzzer links only with the flags it gives
if Context.environment["MILLRACE_FUZZING"] != nil {
  package.targets += [
    .target(
      name: "FuzzingSupport", dependencies: ["MillraceRandom"], path: "Scripts/fuzzing/support",
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "mutations",
      dependencies: ["FuzzingSupport", "MillraceImages", "MillraceRandom"],
      path: "Scripts/fuzzing/mutations", swiftSettings: swiftSettings),
    .executableTarget(
      name: "libfuzzer", dependencies: ["FuzzingSupport", "MillraceImages", "MillraceModels"],
      path: "Scripts/fuzzing/libfuzzer", swiftSettings: swiftSettings),
  ]
}

// MARK: A data race on purpose: Scripts/races builds it
if Context.environment["MILLRACE_RACING"] != nil {
  package.targets.append(
    .executableTarget(
      name: "racing", dependencies: ["MillraceThreads"], path: "Scripts/racing", swiftSettings: swiftSettings)
  )
}
