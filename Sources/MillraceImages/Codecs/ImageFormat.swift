/// The image file formats that are read and written.
///
/// A file is what its first bytes say; its name decides nothing.
public enum ImageFormat: String, Sendable, Hashable, Codable, CaseIterable {
  case jpeg
  case png

  /// The format's name in messages.
  public var name: String { self == .jpeg ? "JPEG" : "PNG" }

  /// What names of its files end with, in lower case.
  public var fileExtensions: [String] { self == .jpeg ? ["jpg", "jpeg", "jpe", "jfif"] : ["png"] }

  /// Recognises a format by the magic bytes at the start of a file; nil for anything else.
  ///
  /// Four bytes of PNG's eight are enough: the others only reveal a damaged transfer, which is then reported
  /// as a corrupt PNG instead of as no image.
  public init?(sniffing bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 4 else { return nil }
    switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
    case (0xFF, 0xD8, 0xFF, _): self = .jpeg
    case (0x89, 0x50, 0x4E, 0x47): self = .png
    default: return nil
    }
  }
}
