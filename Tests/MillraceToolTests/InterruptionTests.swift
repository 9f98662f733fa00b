import Foundation
import Testing

struct InterruptionTests {
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func aRunThatIsAskedToStopKeepsItsLastWholeEpoch(number: Int32, status: Int32) throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let process = Process()
    process.executableURL = Workbench.command
    process.arguments = [
      "train", "data", "--image-size", "10", "--hidden", "16", "--epochs", "3000", "--verbose",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: bench.path)
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    var text = ""
    var hasSignalled = false
    while case let data = errors.fileHandleForReading.availableData, !data.isEmpty {
      text += String(decoding: data, as: UTF8.self)
      if !hasSignalled, text.contains("saved ") {
        hasSignalled = true
        kill(process.processIdentifier, number)
      }
    }
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == status)
    let last = text.split(separator: "\n").last ?? ""
    #expect(
      last == "millrace: error: interrupted; what was learned is kept: millrace evaluate runs/1 DATA")
    #expect(try bench.run("info", "runs/1/checkpoints/last.safetensors").status == 0)
  }
}
