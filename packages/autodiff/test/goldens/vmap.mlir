// command: vmap 1 null
// Rows of a matrix times one matrix: the batch becomes a free dimension of the product.
func.func @main(%x: tensor<3xf64>, %w: tensor<3x4xf64>) -> tensor<4xf64> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [0] x [0] : (tensor<3xf64>, tensor<3x4xf64>) -> tensor<4xf64>
  return %0 : tensor<4xf64>
}
// expected:
func.func private @main_batched(%x: tensor<3x5xf64>, %w: tensor<3x4xf64>) -> tensor<5x4xf64> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [0] x [0] : (tensor<3x5xf64>, tensor<3x4xf64>) -> tensor<5x4xf64>
  return %0 : tensor<5x4xf64>
}
// -----
// command: vmap 0 0
// A matrix of its own for each row: the batch becomes a batching dimension.
func.func @main(%x: tensor<3xf64>, %w: tensor<3x4xf64>) -> tensor<4xf64> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [0] x [0] : (tensor<3xf64>, tensor<3x4xf64>) -> tensor<4xf64>
  return %0 : tensor<4xf64>
}
// expected:
func.func private @main_batched(%x: tensor<5x3xf64>, %w: tensor<5x3x4xf64>) -> tensor<5x4xf64> {
  %0 = stablehlo.dot_general %x, %w, batching_dims = [0] x [0], contracting_dims = [1] x [1] : (tensor<5x3xf64>, tensor<5x3x4xf64>) -> tensor<5x4xf64>
  return %0 : tensor<5x4xf64>
}
