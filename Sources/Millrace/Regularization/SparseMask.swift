import MillraceNetwork

/// The weights that dense-sparse-dense training holds at zero: in each layer the smallest, up to a share.
///
/// Source: Han and others, "DSD: dense-sparse-dense training for deep neural networks", 2017.
enum SparseMask {
  /// 1 for each parameter that is kept, 0 for each that is held at zero.
  ///
  /// - Parameters:
  ///   - sparsity: The share of each weight tensor that is zero, in (0, 1); biases are never masked.
  ///   - parameters: The flat vector at the end of the dense phase.
  ///   - network: Where the weight tensors lie.
  static func make(sparsity: Double, parameters: FlatVector, network: Network) -> [Float] {
    var mask = [Float](repeating: 1, count: parameters.count)
    for tensor in network.parameters where tensor.description.role == .weight {
      // By size, then by place, so that exactly the share is masked whatever ties there are.
      let order = tensor.range.sorted { a, b in
        (abs(parameters.base[a]), a) < (abs(parameters.base[b]), b)
      }
      for index in order.prefix(Int((Double(tensor.range.count) * sparsity).rounded())) { mask[index] = 0 }
    }
    return mask
  }
}
