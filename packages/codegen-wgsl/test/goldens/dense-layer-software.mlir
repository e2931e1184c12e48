// target: software
// dispatches: 1
module @dense_layer_software {
  func.func public @main(%x: tensor<4x96xf32>, %w: tensor<96x70xf32>, %b: tensor<70xf32>) -> tensor<4x70xf32> {
    %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x96xf32>, tensor<96x70xf32>) -> tensor<4x70xf32>
    %1 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<70xf32>) -> tensor<4x70xf32>
    %2 = stablehlo.add %0, %1 : tensor<4x70xf32>
    %cst = stablehlo.constant dense<0.0> : tensor<f32>
    %3 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<4x70xf32>
    %4 = stablehlo.maximum %2, %3 : tensor<4x70xf32>
    return %4 : tensor<4x70xf32>
  }
}
