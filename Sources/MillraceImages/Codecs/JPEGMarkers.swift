/// What the marker segments before the first scan of a JPEG say (ITU-T T.81, annex B).
///
/// libjpeg reads them again; this walk finds what it does not tell: the kind of frame and the orientation.
/// It never fails: what it cannot follow, libjpeg reports.
struct JPEGMarkers {
  /// The frame's marker: 0xC0 for baseline, 0xC2 for progressive; nil where there is none.
  private(set) var frame: UInt8?
  private(set) var size = ImageSize(width: 0, height: 0)
  private(set) var precision = 0
  private(set) var components = 0
  private(set) var orientation = ExifOrientation.upright

  init(_ file: UnsafeRawBufferPointer) {
    let bytes = ByteReader(file)
    var foundOrientation = false
    var offset = 2
    while let marker = Self.nextMarker(bytes, &offset) {
      if marker == 0x01 || (0xD0...0xD8).contains(marker) { continue }
      // SOS and EOI end the headers.
      if marker == 0xDA || marker == 0xD9 { return }
      guard let length = bytes.bigEndian16(at: offset), length >= 2 else { return }
      guard let body = bytes.slice(at: offset + 2, count: Int(length) - 2) else { return }
      offset += Int(length)
      if Self.isFrame(marker), frame == nil {
        readFrame(marker, ByteReader(body))
      } else if marker == 0xE1, !foundOrientation, let tiff = Self.exif(body),
        let found = ExifOrientation(tiff: tiff)
      {
        orientation = found
        foundOrientation = true
      }
    }
  }

  /// The byte after the next 0xFF, skipping fill bytes and, as libjpeg does, bytes that are no marker.
  private static func nextMarker(_ bytes: ByteReader, _ offset: inout Int) -> UInt8? {
    while let byte = bytes.byte(at: offset) {
      offset += 1
      guard byte == 0xFF else { continue }
      while bytes.byte(at: offset) == 0xFF { offset += 1 }
      guard let marker = bytes.byte(at: offset) else { return nil }
      offset += 1
      if marker != 0 { return marker }
    }
    return nil
  }

  /// SOF0 to SOF15 without DHT, JPG and DAC, which lie among them.
  private static func isFrame(_ marker: UInt8) -> Bool {
    (0xC0...0xCF).contains(marker) && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
  }

  private mutating func readFrame(_ marker: UInt8, _ body: ByteReader) {
    guard let precision = body.byte(at: 0), let height = body.bigEndian16(at: 1),
      let width = body.bigEndian16(at: 3), let components = body.byte(at: 5)
    else { return }
    frame = marker
    self.precision = Int(precision)
    self.components = Int(components)
    size = ImageSize(width: Int(width), height: Int(height))
  }

  /// The TIFF structure of an APP1 segment that holds EXIF.
  private static func exif(_ body: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let bytes = ByteReader(body)
    // "Exif", two zeros.
    guard bytes.bigEndian32(at: 0) == 0x4578_6966, bytes.bigEndian16(at: 4) == 0 else { return nil }
    return bytes.slice(at: 6, count: body.count - 6)
  }
}

extension JPEGMarkers {
  /// Why a frame of this kind is not decoded; nil where it is.
  var unsupportedReason: String? {
    guard let frame else { return nil }
    switch frame {
    case 0xC0, 0xC1, 0xC2, 0xC9, 0xCA: break
    case 0xC3, 0xC7, 0xCB, 0xCF: return "its coding is lossless (SOF\(frame - 0xC0))"
    default: return "its coding is hierarchical (SOF\(frame - 0xC0))"
    }
    if precision != 8 { return "it has \(precision) bits a sample, expected 8" }
    return nil
  }
}
