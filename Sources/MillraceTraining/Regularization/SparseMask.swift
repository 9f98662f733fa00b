import MillraceNetwork
import MillraceShards

/// The weights that dense-sparse-dense training holds at zero: a given share of each layer's, the smallest.
///
/// Source: Han and others, "DSD: dense-sparse-dense training for deep neural networks", 2017.
enum SparseMask {
  /// 1 for each parameter that is kept, 0 for each that is held at zero.
  ///
  /// - Parameters:
  ///   - sparsity: The share of each weight tensor that is zero, in (0, 1); biases are never masked.
  ///   - parameters: The flat vector at the end of the dense phase.
  ///   - network: The network, which says where the weight tensors are.
  static func make(sparsity: Double, parameters: FlatVector, network: Network) -> [Float] {
    var mask = [Float](repeating: 1, count: parameters.count)
    for tensor in network.parameters where tensor.description.role == .weight {
      // The order is by size, then by place, so that exactly the given share is masked even where sizes are
      // equal.
      let order = tensor.range.sorted { a, b in
        (abs(parameters.base[a]), a) < (abs(parameters.base[b]), b)
      }
      for index in order.prefix(Int((Double(tensor.range.count) * sparsity).rounded())) { mask[index] = 0 }
    }
    return mask
  }
}
