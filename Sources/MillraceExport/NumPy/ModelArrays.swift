import MillraceModels

extension Model {
  /// What an `.npz` file holds, by name: each parameter under the name that it has in a model file; `classes`; `mean` and
  /// `standard_deviation` of the normalisation; and each entry of the metadata, as a text.
  func numpyArrays() throws -> [(name: String, array: NumPyArray)] {
    var arrays = tensors.map { tensor in
      (name: tensor.name, array: NumPyArray(Array(tensor.values), shape: tensor.shape))
    }
    let normalization = preprocessing.normalization
    arrays.append(("classes", NumPyArray(classes, shape: [classes.count])))
    arrays.append(("mean", NumPyArray(normalization.mean, shape: [normalization.mean.count])))
    arrays.append(
      (
        "standard_deviation",
        NumPyArray(normalization.standardDeviation, shape: [normalization.standardDeviation.count])
      ))
    for (key, text) in try metadata().sorted(by: { $0.key < $1.key }) {
      arrays.append((key, NumPyArray([text], shape: [])))
    }
    return arrays
  }
}
