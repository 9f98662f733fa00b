import Foundation
import MillraceRandom
import Testing

@testable import MillraceImages

struct AugmentationTests {
  static let names = AugmentationRegistry.samples.map { $0.descriptor.name }

  @Test(arguments: names)
  func `an augmentation keeps what every augmentation promises`(name: String) throws {
    try checkAugmentation(name)
  }

  @Test func `the registry and the folder name the same augmentations`() throws {
    let folder = sourceFolder("Augmentations")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }
    let types = AugmentationRegistry.samples.map { String(describing: $0) }
    let presets = Preset.all.map(\.descriptor.name)
    let policies = AugmentationRegistry.policies.map(\.descriptor.name).filter { !presets.contains($0) }
    let policyFiles = files.filter { policies.contains($0.lowercased()) }
    #expect(Set(files) == Set(types + policyFiles))
    #expect(policyFiles.count == policies.count)
  }

  @Test func `names are unique and in kebab case`() {
    let names = AugmentationRegistry.names
    #expect(Set(names).count == names.count)
    for name in names { #expect(name.allSatisfy { $0.isLowercase || $0 == "-" }, "\(name)") }
    for descriptor in AugmentationRegistry.descriptors {
      #expect(!descriptor.summary.isEmpty && !descriptor.source.isEmpty, "\(descriptor.name)")
      #expect(Set(descriptor.draws.map(\.name)).count == descriptor.draws.count)
    }
  }

  /// The folder with the sources of a folder of this module.
  private func sourceFolder(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/MillraceImages/\(name)").standardizedFileURL
  }
}
