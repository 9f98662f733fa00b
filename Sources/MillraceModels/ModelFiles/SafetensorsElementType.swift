/// The element types that this project reads and writes, by the names of the format.
enum SafetensorsElementType: String, CaseIterable {
  case float64 = "F64"
  case int64 = "I64"
  case float32 = "F32"
  case int32 = "I32"
  case uint8 = "U8"

  /// The bytes of an element.
  var width: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .uint8: 1
    }
  }

  /// The bits of an element of each type that the format has, whether it is read here or ignored.
  static let bits: [String: Int] = [
    "C64": 64, "F64": 64, "I64": 64, "U64": 64,
    "F32": 32, "I32": 32, "U32": 32,
    "BF16": 16, "F16": 16, "I16": 16, "U16": 16,
    "BOOL": 8, "I8": 8, "U8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
  ]
}
