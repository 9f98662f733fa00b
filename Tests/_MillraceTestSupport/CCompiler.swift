import Foundation

/// The system's C compiler, for tests of C files that are written.
public struct CCompiler: Sendable {
  /// Where it lies.
  public let path: String
  /// Flags that make a program end where it does what C does not define or reaches past memory; none where the compiler
  /// has no library for them.
  public let sanitizers: [String]

  /// The flags under which a file must compile without a warning.
  public static let strict = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror"]

  /// The first compiler on the path; nil where there is none.
  public static let system: CCompiler? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let candidates = ["cc", "gcc", "clang"].flatMap { name in folders.map { "\($0)/\(name)" } }
    guard let path = candidates.first(where: FileManager.default.isExecutableFile) else { return nil }
    let flags = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    let isSanitizing = (try? TemporaryFolder()).flatMap { folder in
      let source = try? folder.put(Array("int main(void) { return 0; }\n".utf8), at: "empty.c")
      return source.map { source in
        let program = folder.file("empty")
        return (try? Self.run(path, flags + [source, "-o", program]))?.status == 0
          && (try? Self.run(program, []))?.status == 0
      }
    }
    return CCompiler(path: path, sanitizers: isSanitizing == true ? flags : [])
  }()

  /// How a program ended.
  public struct Outcome: Sendable {
    /// Its code, 128 and more after a signal.
    public let status: Int32
    /// Standard output.
    public let output: String
    /// Standard error.
    public let errors: String
  }

  /// Compiles files to a program.
  public func compile(_ sources: [String], to program: String, _ flags: [String] = []) throws -> Outcome {
    try Self.run(path, Self.strict + flags + sources + ["-o", program, "-lm"])
  }

  /// Runs a program and waits for its end. Its output goes to files, for pipes could fill up.
  public static func run(_ program: String, _ arguments: [String]) throws -> Outcome {
    let folder = try TemporaryFolder()
    let (output, errors) = (try folder.put([], at: "out"), try folder.put([], at: "err"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["ASAN_OPTIONS": "detect_leaks=0"]) {
      $1
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: String(decoding: try folder.bytes(of: "out"), as: UTF8.self),
      errors: String(decoding: try folder.bytes(of: "err"), as: UTF8.self))
  }
}
