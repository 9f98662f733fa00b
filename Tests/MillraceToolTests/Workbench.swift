import Foundation
import MillraceImages

/// A folder in which the built command is carried out, removed when the test ends.
final class Workbench {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  // MARK: Files

  /// Every file and folder, by path below the folder.
  var contents: [String] {
    (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: path + "/" + name, encoding: .utf8)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }

  func folder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: path + "/" + name, withIntermediateDirectories: true)
  }

  func file(_ name: String, _ content: [UInt8]) throws {
    let url = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content).write(to: url)
  }

  func file(_ name: String, _ text: String) throws { try file(name, Array(text.utf8)) }

  /// A picture that shows its class at a glance: stripes along one axis or the other, or a ring.
  static func picture(class label: Int, number: Int, side: Int = 20) -> Image {
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        let distance = (2 * x - side) * (2 * x - side) + (2 * y - side) * (2 * y - side)
        let isLit =
          switch label {
          case 0: (x + number) % 6 < 3
          case 1: (y + number) % 6 < 3
          default: distance > side * side / 4
          }
        pixels += isLit ? [220, UInt8(150 + number % 40), 90] : [30, 40, UInt8(60 + number % 40)]
      }
    }
    return Image(width: side, height: side, channels: .rgb, pixels: pixels)
  }

  static let classes = ["across", "down", "ring"]

  /// Writes a data set of three classes, in which PNG and JPEG files take turns.
  func dataset(_ name: String, perClass count: Int = 12) throws {
    for (label, className) in Self.classes.enumerated() {
      for number in 0..<count {
        let picture = Self.picture(class: label, number: number)
        if number % 2 == 0 {
          try file("\(name)/\(className)/\(number).png", ImageEncoder.png(picture))
        } else {
          try file("\(name)/\(className)/\(number).jpg", try ImageEncoder.jpeg(picture, quality: 95))
        }
      }
    }
  }

  // MARK: The command

  /// The result of a command.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    var errorLines: [Substring] { errors.split(separator: "\n") }

    /// Standard output as a JSON object.
    func json() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }
  }

  /// The command that was built with these tests.
  static let command = executable("millrace")

  /// A program that was built with these tests, and lies beside them.
  static func executable(_ name: String) -> URL {
    let bundle = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return bundle.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent(name)
  }

  /// Carries the command out in the folder and waits for its end. Its output goes to files, so it is never a
  /// terminal.
  @discardableResult
  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try run(arguments, environment: environment)
  }

  /// Carries out another program, or takes arguments in an array.
  @discardableResult
  func run(
    _ arguments: [String], of program: URL = Workbench.command, environment: [String: String] = [:],
    input: String? = nil
  ) throws -> Outcome {
    let place = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString)")
    let (output, errors) = (place.appendingPathExtension("out"), place.appendingPathExtension("err"))
    let questions = place.appendingPathExtension("in")
    for url in [output, errors] { try Data().write(to: url) }
    try Data((input ?? "").utf8).write(to: questions)
    defer { for url in [output, errors, questions] { try? FileManager.default.removeItem(at: url) } }
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: questions)
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus,
      output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }

  /// Trains a small model in a moment.
  @discardableResult
  func train(_ data: String = "data", _ more: String...) throws -> Outcome {
    try run(
      [
        "train", data, "--image-size", "10", "--hidden", "16", "--epochs", "8", "--batch-size", "8", "--lr",
        "0.05", "--no-refit",
      ]
        + more)
  }
}
