// command: vjp
// A chain of three: each link keeps one residual, the last one its own result.
func.func @main(%x: tensor<3xf64>) -> tensor<3xf64> {
  %0 = stablehlo.sine %x : tensor<3xf64>
  %1 = stablehlo.tanh %0 : tensor<3xf64>
  %2 = stablehlo.exponential %1 : tensor<3xf64>
  return %2 : tensor<3xf64>
}
// expected:
func.func private @main_fwd(%x: tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>) {
  %0 = stablehlo.sine %x : tensor<3xf64>
  %1 = stablehlo.cosine %x : tensor<3xf64>
  %2 = stablehlo.tanh %0 : tensor<3xf64>
  %cst = stablehlo.constant dense<1.0> : tensor<3xf64>
  %3 = stablehlo.add %cst, %2 : tensor<3xf64>
  %cst_0 = stablehlo.constant dense<1.0> : tensor<3xf64>
  %4 = stablehlo.subtract %cst_0, %2 : tensor<3xf64>
  %5 = stablehlo.multiply %3, %4 : tensor<3xf64>
  %6 = stablehlo.exponential %2 : tensor<3xf64>
  return %6, %1, %5, %6 : tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>
}
func.func private @main_bwd(%arg0: tensor<3xf64>, %arg1: tensor<3xf64>, %arg2: tensor<3xf64>, %arg3: tensor<3xf64>) -> tensor<3xf64> {
  %0 = stablehlo.multiply %arg3, %arg2 : tensor<3xf64>
  %1 = stablehlo.multiply %0, %arg1 : tensor<3xf64>
  %2 = stablehlo.multiply %1, %arg0 : tensor<3xf64>
  return %2 : tensor<3xf64>
}
// -----
// command: vjp
// A scan of c ← c·xᵢ: the carries are stacked on the way forth and read from the last to the first on the way back.
func.func @main(%xs: tensor<4xf64>, %c0: tensor<f64>) -> tensor<f64> {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %0:2 = stablehlo.while(%i = %zero, %c = %c0) : tensor<i32>, tensor<f64>
  cond {
    %n = stablehlo.constant dense<4> : tensor<i32>
    %1 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %one = stablehlo.constant dense<1> : tensor<i32>
    %1 = stablehlo.dynamic_slice %xs, %i, sizes = [1] : (tensor<4xf64>, tensor<i32>) -> tensor<1xf64>
    %2 = stablehlo.reshape %1 : (tensor<1xf64>) -> tensor<f64>
    %3 = stablehlo.multiply %c, %2 : tensor<f64>
    %4 = stablehlo.add %i, %one : tensor<i32>
    stablehlo.return %4, %3 : tensor<i32>, tensor<f64>
  }
  return %0#1 : tensor<f64>
}
// expected:
func.func private @main_fwd(%xs: tensor<4xf64>, %c0: tensor<f64>) -> (tensor<f64>, tensor<4xf64>, tensor<4xf64>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %cst = stablehlo.constant dense<0.0> : tensor<4xf64>
  %0:3 = stablehlo.while(%i = %zero, %c = %c0, %iterArg = %cst) : tensor<i32>, tensor<f64>, tensor<4xf64>
  cond {
    %n = stablehlo.constant dense<4> : tensor<i32>
    %1 = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %one = stablehlo.constant dense<1> : tensor<i32>
    %2 = stablehlo.dynamic_slice %xs, %i, sizes = [1] : (tensor<4xf64>, tensor<i32>) -> tensor<1xf64>
    %3 = stablehlo.reshape %2 : (tensor<1xf64>) -> tensor<f64>
    %4 = stablehlo.multiply %c, %3 : tensor<f64>
    %5 = stablehlo.add %i, %one : tensor<i32>
    %6 = stablehlo.reshape %c : (tensor<f64>) -> tensor<1xf64>
    %7 = stablehlo.dynamic_update_slice %iterArg, %6, %i : (tensor<4xf64>, tensor<1xf64>, tensor<i32>) -> tensor<4xf64>
    stablehlo.return %5, %4, %7 : tensor<i32>, tensor<f64>, tensor<4xf64>
  }
  return %0#1, %0#2, %xs : tensor<f64>, tensor<4xf64>, tensor<4xf64>
}
func.func private @main_bwd(%arg0: tensor<4xf64>, %xs: tensor<4xf64>, %arg2: tensor<f64>) -> (tensor<4xf64>, tensor<f64>) {
  %c = stablehlo.constant dense<0> : tensor<i32>
  %cst = stablehlo.constant dense<0.0> : tensor<4xf64>
  %0:3 = stablehlo.while(%iterArg = %c, %iterArg_0 = %arg2, %iterArg_1 = %cst) : tensor<i32>, tensor<f64>, tensor<4xf64>
  cond {
    %c_0 = stablehlo.constant dense<4> : tensor<i32>
    %1 = stablehlo.compare LT, %iterArg, %c_0 : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %1 : tensor<i1>
  } do {
    %c_1 = stablehlo.constant dense<3> : tensor<i32>
    %c_2 = stablehlo.constant dense<1> : tensor<i32>
    %2 = stablehlo.multiply %iterArg, %c_2 : tensor<i32>
    %3 = stablehlo.subtract %c_1, %2 : tensor<i32>
    %4 = stablehlo.dynamic_slice %arg0, %3, sizes = [1] : (tensor<4xf64>, tensor<i32>) -> tensor<1xf64>
    %5 = stablehlo.reshape %4 : (tensor<1xf64>) -> tensor<f64>
    %6 = stablehlo.dynamic_slice %xs, %3, sizes = [1] : (tensor<4xf64>, tensor<i32>) -> tensor<1xf64>
    %7 = stablehlo.reshape %6 : (tensor<1xf64>) -> tensor<f64>
    %c_3 = stablehlo.constant dense<1> : tensor<i32>
    %8 = stablehlo.add %3, %c_3 : tensor<i32>
    %9 = stablehlo.multiply %iterArg_0, %5 : tensor<f64>
    %10 = stablehlo.multiply %iterArg_0, %7 : tensor<f64>
    %11 = stablehlo.reshape %9 : (tensor<f64>) -> tensor<1xf64>
    %12 = stablehlo.dynamic_slice %iterArg_1, %3, sizes = [1] : (tensor<4xf64>, tensor<i32>) -> tensor<1xf64>
    %13 = stablehlo.add %12, %11 : tensor<1xf64>
    %14 = stablehlo.dynamic_update_slice %iterArg_1, %13, %3 : (tensor<4xf64>, tensor<1xf64>, tensor<i32>) -> tensor<4xf64>
    %c_4 = stablehlo.constant dense<1> : tensor<i32>
    %15 = stablehlo.add %iterArg, %c_4 : tensor<i32>
    stablehlo.return %15, %10, %14 : tensor<i32>, tensor<f64>, tensor<4xf64>
  }
  return %0#2, %0#1 : tensor<4xf64>, tensor<f64>
}
// -----
// command: vjp
// custom_vjp: the forward function's residuals go to the backward function.
func.func @main(%x: tensor<f64>) -> tensor<f64> {
  %0 = stablehlo.negate %x : tensor<f64>
  %1 = call @f(%0) {custom_vjp_forward = @fwd, custom_vjp_backward = @bwd} : (tensor<f64>) -> tensor<f64>
  return %1 : tensor<f64>
}
func.func private @f(%x: tensor<f64>) -> tensor<f64> {
  %0 = stablehlo.sine %x : tensor<f64>
  return %0 : tensor<f64>
}
func.func private @fwd(%x: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
  %0 = stablehlo.sine %x : tensor<f64>
  return %0, %x : tensor<f64>, tensor<f64>
}
func.func private @bwd(%r: tensor<f64>, %ct: tensor<f64>) -> tensor<f64> {
  %0 = stablehlo.multiply %r, %ct : tensor<f64>
  return %0 : tensor<f64>
}
// expected:
func.func private @main_fwd(%x: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
  %0 = stablehlo.negate %x : tensor<f64>
  %1:2 = call @fwd(%0) : (tensor<f64>) -> (tensor<f64>, tensor<f64>)
  return %1#0, %1#1 : tensor<f64>, tensor<f64>
}
func.func private @main_bwd(%arg0: tensor<f64>, %arg1: tensor<f64>) -> tensor<f64> {
  %0 = call @bwd(%arg0, %arg1) : (tensor<f64>, tensor<f64>) -> tensor<f64>
  %1 = stablehlo.negate %0 : tensor<f64>
  return %1 : tensor<f64>
}
func.func private @fwd_lin(%arg0: tensor<f64>, %arg1: tensor<f64>) -> tensor<f64> {
  %0 = stablehlo.custom_call @fluxion.custom_vjp_tangents(%arg0, %arg1) : (tensor<f64>, tensor<f64>) -> tensor<f64>
  return %0 : tensor<f64>
}
// -----
// command: vjp
// A checkpoint keeps its input alone and computes the rest again, behind a barrier that keeps it from being merged.
func.func @main(%x: tensor<3xf64>) -> tensor<3xf64> {
  %0 = call @f(%x) {checkpoint = "nothing"} : (tensor<3xf64>) -> tensor<3xf64>
  return %0 : tensor<3xf64>
}
func.func private @f(%x: tensor<3xf64>) -> tensor<3xf64> {
  %0 = stablehlo.sine %x : tensor<3xf64>
  %1 = stablehlo.exponential %0 : tensor<3xf64>
  return %1 : tensor<3xf64>
}
// expected:
func.func private @main_fwd(%x: tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>) {
  %0 = call @f(%x) {checkpoint = "nothing"} : (tensor<3xf64>) -> tensor<3xf64>
  return %0, %x : tensor<3xf64>, tensor<3xf64>
}
func.func private @main_bwd(%x: tensor<3xf64>, %arg1: tensor<3xf64>) -> tensor<3xf64> {
  %0 = call @f_lin_t(%x, %arg1) : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
  return %0 : tensor<3xf64>
}
func.func private @f_lin(%arg0: tensor<3xf64>, %arg1: tensor<3xf64>) -> tensor<3xf64> {
  %x = stablehlo.optimization_barrier %arg0 : tensor<3xf64>
  %0 = stablehlo.sine %x : tensor<3xf64>
  %1 = stablehlo.cosine %x : tensor<3xf64>
  %2 = stablehlo.exponential %0 : tensor<3xf64>
  %3 = stablehlo.multiply %arg1, %1 : tensor<3xf64>
  %4 = stablehlo.multiply %3, %2 : tensor<3xf64>
  return %4 : tensor<3xf64>
}
func.func private @f_lin_t(%arg0: tensor<3xf64>, %arg1: tensor<3xf64>) -> tensor<3xf64> {
  %x = stablehlo.optimization_barrier %arg0 : tensor<3xf64>
  %0 = stablehlo.sine %x : tensor<3xf64>
  %1 = stablehlo.cosine %x : tensor<3xf64>
  %2 = stablehlo.exponential %0 : tensor<3xf64>
  %3 = stablehlo.multiply %arg1, %2 : tensor<3xf64>
  %4 = stablehlo.multiply %3, %1 : tensor<3xf64>
  return %4 : tensor<3xf64>
}
